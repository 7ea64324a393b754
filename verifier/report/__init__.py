"""report: Findings, Verdicts and Facts -> text and JSON. Nothing here decides anything."""
