"""Domain objects → what people read: HTML, SVG, PDF, Markdown, DOCX, tables. Nothing here decides anything."""
