"""A study as one HTML page that needs nothing else: no script, no network."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from verifier.report.style import shown
from verifier.study.nouns import Figure, Study, Table
from verifier.study.plot import svg
from verifier.study.render import is_note, printed, rest

# Okabe and Ito's colours, which people with any colour vision tell apart; the text on each is the one that reads well.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#b8a800")
ON = ("#fff", *("#000",) * 7)
STYLE = """
:root{color-scheme:light dark;--page:#fff;--text:#1b1f24;--quiet:#57606a;--line:#d8dee4;--soft:#f6f8fa;--link:#0550ae}
@media(prefers-color-scheme:dark){:root{--page:#0f1318;--text:#e6edf3;--quiet:#9aa4af;--line:#30363d;--soft:#171c23;
--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main,header{max-width:68rem;margin:auto;padding:1rem 1.25rem}
h1{font-size:1.75rem;margin:1.5rem 0 .25rem}
h2{font-size:1.2rem;margin:2.75rem 0 .5rem;scroll-margin-top:1rem}
a{color:var(--link)}
nav ul{columns:3 14rem;padding-left:1.1rem;margin:.75rem 0}
p{max-width:46rem;color:var(--quiet)}
figure{margin:1rem 0;padding:.75rem;border:1px solid var(--line);border-radius:8px}
figcaption{color:var(--quiet);font-size:.9rem;padding-bottom:.5rem}
.wide{overflow-x:auto}
.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--quiet);padding-bottom:.4rem}
th,td{padding:.32rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th.w,td.w{text-align:left}
thead th{border-bottom:2px solid var(--line);background:var(--soft)}
tbody th{font-weight:500}
tbody tr:hover{background:var(--soft)}
svg{display:block;width:100%;max-width:52rem;height:auto}
svg text{font:12.5px system-ui,sans-serif;fill:var(--text)}
svg .quiet{fill:var(--quiet)}
svg .grid{stroke:var(--line);fill:none}
svg .axis,svg .ink{stroke:var(--text);fill:none;stroke-width:1.4}
svg polyline{fill:none}
svg .part{stroke:var(--page);stroke-width:1}
svg .thin{stroke-width:1.4}
svg .hollow{stroke-width:2}
@media print{nav{display:none}figure,table{break-inside:avoid}}
"""


def colors() -> str:
    """The classes of the series."""
    made = ""
    for number, (color, on) in enumerate(zip(PALETTE, ON, strict=True)):
        made += f"svg .c{number}{{fill:{color}}}svg .c{number}.hollow{{stroke:{color};fill:var(--page)}}"
        made += f"svg .s{number}{{stroke:{color};stroke-width:2;fill:none}}svg text.on{number}{{fill:{on}}}\n"
    return made


def html(study: Study) -> str:
    """The page."""
    figures = {figure.of: figure for figure in study.figures}
    title = escape(shown(f"A study of {study.store}"))
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{title}</title>\n<style>{STYLE}{colors()}</style>\n</head>\n<body>",
        f"<header><h1>{title}</h1><p>Written by {escape(study.tool)}.</p>",
        '<nav aria-label="Tables"><ul>',
        *(f'<li><a href="#{table.name}">{escape(table.title)}</a></li>' for table in study.tables),
        "</ul></nav></header>\n<main>",
        *(section(table, figures.get(table.name)) for table in study.tables),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def section(table: Table, figure: Figure | None) -> str:
    """A table, behind its figure where it has one."""
    parts = [f'<section aria-labelledby="{table.name}"><h2 id="{table.name}">{escape(table.title)}</h2>']
    if table.note:
        parts.append(f"<p>{coded(table.note)}</p>")
    if figure is not None:
        caption = f"<figcaption>{escape(figure.title)}</figcaption>"
        parts.append(f"<figure>{caption}{svg(figure, f'figure-{table.name}')}</figure>")
    parts.extend(html_table(table))
    parts.append("</section>")
    return "\n".join(parts)


def html_table(table: Table) -> Iterator[str]:
    """A table, which scrolls by itself where it is wide."""
    name = escape(table.title)
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table>'
    heads = "".join(
        f'<th scope="col"{kind(table, place)}>{escape(head)}</th>' for place, head in enumerate(table.columns)
    )
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in printed(table):
        cells = "".join(
            f'<th scope="row"{kind(table, place)}>{escape(shown(cell.text))}</th>'
            if place == 0
            else f"<td{kind(table, place)}>{coded(cell.text)}</td>"
            for place, cell in enumerate(row)
        )
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"
    if rest(table):
        yield f"<p>{rest(table)}</p>"


def coded(words: str) -> str:
    """Words, with what stands in back-ticks as code."""
    parts = escape(shown(words)).split("`")
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def kind(table: Table, place: int) -> str:
    """Whether a column is text."""
    return ' class="w"' if place < table.words or is_note(table, place) else ""
