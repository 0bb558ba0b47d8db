"""What a page was found to say, for a navigator in a minute: no verdict, no grade."""

from screener.render.vet.content import Looked, Sheet, sheet_of
from screener.render.vet.html import render_html
from screener.render.vet.json import render_json
from screener.render.vet.markdown import render_markdown
from screener.render.vet.table import render_table

__all__ = ["Looked", "Sheet", "render_html", "render_json", "render_markdown", "render_table", "sheet_of"]
