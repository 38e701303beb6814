"""The report: one tree of plain blocks, rendered as HTML, DOCX and XLSX."""
