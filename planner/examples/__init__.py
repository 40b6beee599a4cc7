"""The example portfolio, as data: an invented group of companies and the story of each of its projects.

`portfolio.yaml` has `portfolio` (a portfolio draft) and `projects`; each of these has `project` (a project draft) and
`story`, in order of time. An entry of a story is what one person (`by`) did on one day (`on`): exactly one of
`answers`, `contract`, `runs`, `move`, `tasks` (id: note), `checklist` (component: statement) or `change`.
"""
