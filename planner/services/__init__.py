"""What a user can do: one function per action. Each opens one transaction, asks the domain, stores, and returns."""
