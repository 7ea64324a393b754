"""HTML: one page that stands by itself, without scripts and without anything from elsewhere.

Every text of the project is escaped, and the page's own policy forbids what is no style, so that hostile text stays
text. Filters are check boxes that the style sheet looks at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from verifier import VERSION
from verifier.check import Report
from verifier.check.fingerprints import line_of
from verifier.draw.paint import DARK, LIGHT, SANS
from verifier.model import Finding, Severity, Span, Verdict
from verifier.report.data import frameworks
from verifier.report.markdown import headline
from verifier.report.pages import address
from verifier.report.places import gone_text, worst_first
from verifier.report.style import shown
from verifier.report.text import plural

if TYPE_CHECKING:
    from verifier.link import Facts

MOST_FINDINGS = 5000
MOST_RELATED = 6
MOST_EVIDENCE = 20
FOLDED = 4
AROUND = 2
LONGEST_LINE = 240
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
STYLE = f"""
:root{{color-scheme:light dark;--ground:{LIGHT.none.ground};--card:{LIGHT.card};--frame:{LIGHT.frame};
--text:{LIGHT.text};--quiet:{LIGHT.quiet};--bad:{LIGHT.bad};--bad-ground:{LIGHT.bad_ground};--warn:{LIGHT.warn};
--warn-ground:{LIGHT.warn_ground};--good:{LIGHT.good};--good-ground:{LIGHT.good_ground};--info:#2457b8;
--info-ground:#eaf1fe}}
@media (prefers-color-scheme:dark){{:root{{--ground:{DARK.page};--card:{DARK.card};--frame:{DARK.frame};
--text:{DARK.text};--quiet:{DARK.quiet};--bad:{DARK.bad};--bad-ground:{DARK.bad_ground};--warn:{DARK.warn};
--warn-ground:{DARK.warn_ground};--good:{DARK.good};--good-ground:{DARK.good_ground};--info:#8fb6ff;
--info-ground:#121f38}}}}
*{{box-sizing:border-box}}
body{{margin:0;font:15px/1.5 {SANS};background:var(--ground);color:var(--text)}}
main{{max-width:1080px;margin:0 auto;padding:32px 20px 64px}}
h1{{font-size:24px;margin:0 0 4px}} h2{{font-size:17px;margin:36px 0 12px}}
.quiet{{color:var(--quiet)}} p{{margin:4px 0}}
code,pre{{font:13px/1.55 {MONO}}}
.cards{{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}}
.card{{flex:1 1 120px;padding:12px 16px;background:var(--card);border:1px solid var(--frame);border-radius:10px}}
.card b{{display:block;font-size:26px;line-height:1.2}}
.error b,.broken b{{color:var(--bad)}} .warning b{{color:var(--warn)}} .info b{{color:var(--info)}}
.good b{{color:var(--good)}}
table{{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--frame);border-radius:10px}}
td,th{{text-align:left;vertical-align:top;padding:8px 12px;border-top:1px solid var(--frame)}}
th{{border-top:0;font-weight:600}}
td ul{{margin:4px 0 0;padding-left:18px;color:var(--quiet)}}
.tag{{display:inline-block;padding:1px 9px;border-radius:99px;font-size:12.5px;font-weight:600;white-space:nowrap}}
.tag.error,.tag.broken{{color:var(--bad);background:var(--bad-ground)}}
.tag.warning,.tag.undecided{{color:var(--warn);background:var(--warn-ground)}}
.tag.info{{color:var(--info);background:var(--info-ground)}} .tag.kept{{color:var(--good);
background:var(--good-ground)}}
.tag.before,.tag.accepted{{color:var(--quiet);background:var(--ground);border:1px solid var(--frame)}}
.filters{{display:flex;flex-wrap:wrap;gap:16px;align-items:center}} .filters label{{cursor:pointer}}
article{{margin:12px 0;background:var(--card);border:1px solid var(--frame);
border-left:4px solid var(--quiet);border-radius:8px}}
article.error{{border-left-color:var(--bad)}} article.warning{{border-left-color:var(--warn)}}
article.info{{border-left-color:var(--info)}}
article.accepted{{opacity:.7}}
summary{{padding:12px 16px;cursor:pointer;list-style-position:inside}} summary::marker{{color:var(--quiet)}}
details>div{{padding:0 16px 14px}}
td summary{{padding:2px 0;color:var(--quiet)}}
.place{{font:13px {MONO};color:var(--quiet);overflow-wrap:anywhere}} .message{{font-weight:600;
overflow-wrap:anywhere}}
pre{{margin:8px 0;padding:10px 0;overflow-x:auto;background:var(--ground);border:1px solid var(--frame);
border-radius:8px}}
pre span{{display:block;padding:0 14px;white-space:pre}} pre i{{display:inline-block;width:4em;
color:var(--quiet);font-style:normal;user-select:none}}
pre .hit{{background:var(--bad-ground)}} .warning pre .hit{{background:var(--warn-ground)}}
.info pre .hit{{background:var(--info-ground)}}
dl{{display:grid;grid-template-columns:max-content 1fr;gap:4px 14px;margin:8px 0}} dt{{color:var(--quiet)}}
dd{{margin:0;overflow-wrap:anywhere}}
a{{color:var(--info)}}
body:has(#show-error:not(:checked)) article.error,body:has(#show-warning:not(:checked)) article.warning,

body:has(#show-info:not(:checked)) article.info,body:has(#show-accepted:not(:checked)) article.accepted{{display:none}}
@media print{{.filters{{display:none}} article{{break-inside:avoid}}}}
"""


def html_text(report: Report, facts: Facts, *, accepted: bool = True) -> str:
    """The report as a page."""
    name = facts.project.root.resolve().name if facts.project.root is not None else "patch"
    body = "".join(
        [
            heading(report, facts, name),
            cards(report),
            constraints(report.verdicts),
            baseline(report),
            findings(report, facts, accepted=accepted),
            f'<p class="quiet">Made by Buttress {escape(VERSION)}.</p>',
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Buttress: {text(name)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def text(value: str) -> str:
    """A text as HTML, control characters and stray surrogates written out."""
    return escape(shown(value), quote=True)


def marked(value: str) -> str:
    """A text as HTML; what stands between back-ticks is code."""
    parts = value.split("`")
    if len(parts) % 2 == 0:
        return text(value)
    return "".join(f"<code>{text(part)}</code>" if place % 2 else text(part) for place, part in enumerate(parts))


def heading(report: Report, facts: Facts, name: str) -> str:
    """What was checked, and the result in a line."""
    used = ", ".join(frameworks(facts.startup.served or facts.applications)) or "no framework"
    read = f"{plural(len(facts.project.files), 'file')}, {plural(len(facts.routes), 'route')}, {used}"
    return f'<h1>{text(name)}: {text(headline(report))}</h1>\n<p class="quiet">{text(read)}</p>\n'


def cards(report: Report) -> str:
    """The counts."""
    counts = Counter(str(finding.severity) for finding in report.findings)
    broken = sum(verdict.compliant is False and not verdict.before for verdict in report.verdicts)
    told = [(f"{name}s" if name != "info" else name, counts[name], name) for name in ("error", "warning", "info")]
    if report.verdicts:
        kept = sum(verdict.compliant is True for verdict in report.verdicts)
        told += [("clauses broken", broken, "broken"), ("clauses kept", kept, "good")]
    if report.gate is not None:
        told.append(("there before", len(report.gate.known), "quiet"))
    if report.suppressed:
        told.append(("accepted in the code", len(report.suppressed), "quiet"))
    made = "".join(
        f'<div class="card {style if count else "quiet"}"><b>{count}</b>{label}</div>' for label, count, style in told
    )
    return f'<div class="cards">{made}</div>\n'


def constraints(verdicts: Iterable[Verdict]) -> str:
    """The clauses, each with its verdict and what it rests on."""
    rows = "".join(map(clause_row, verdicts))
    if not rows:
        return ""
    head = "<tr><th>constraint</th><th>clause</th><th>verdict</th></tr>"
    return f"<h2>Constraints</h2>\n<table>{head}\n{rows}</table>\n"


def clause_row(verdict: Verdict) -> str:
    """A clause."""
    state = {True: "kept", False: "broken", None: "undecided"}[verdict.compliant]
    style, word = ("before", "broken, as before") if verdict.before else (state, state)
    lines = verdict.evidence[:MOST_EVIDENCE] if verdict.compliant is not True and not verdict.before else ()
    items = "".join(
        f'<li><span class="place">{text(str(line.span))}</span> {marked(line.message)}</li>' for line in lines
    )
    more = len(verdict.evidence) - MOST_EVIDENCE
    items += f"<li>and {more} more</li>" if lines and more > 0 else ""
    listed = f"<ul>{items}</ul>" if items else ""
    if len(lines) > FOLDED:
        listed = f"<details><summary>{len(verdict.evidence)} places</summary>{listed}</details>"
    return (
        f"<tr><td>{text(verdict.constraint)}</td><td>{marked(verdict.clause)}{listed}</td>"
        f'<td><span class="tag {style}">{word}</span></td></tr>\n'
    )


def baseline(report: Report) -> str:
    """What the baseline holds and is no longer found."""
    if report.gate is None or not report.gate.gone:
        return ""
    rows = "".join(
        f'<li><span class="place">{text(gone.path)}</span> {text(gone.rule)}: {marked(gone.message)}</li>'
        for gone in report.gate.gone[:MOST_EVIDENCE]
    )
    return f"<h2>Baseline</h2>\n<p>{text(gone_text(report))}.</p>\n<ul>{rows}</ul>\n"


def findings(report: Report, facts: Facts, *, accepted: bool) -> str:
    """The findings, worst first, and those that are accepted."""
    listed = worst_first(report.findings)
    known = [*(report.gate.known if report.gate is not None else ()), *report.suppressed] if accepted else []
    if not listed and not known:
        return "<h2>Findings</h2>\n<p>None.</p>\n"
    kinds = [str(severity) for severity in Severity if any(found.severity is severity for found in [*listed, *known])]
    boxes = "".join(filter_box(kind, kind, chosen=True) for kind in kinds)
    boxes += filter_box("accepted", "accepted or there before", chosen=False) if known else ""
    made = "".join(article(finding, facts) for finding in listed[:MOST_FINDINGS])
    made += "".join(article(finding, facts, accepted=True) for finding in known[: MOST_FINDINGS - len(listed)])
    more = len(listed) - MOST_FINDINGS
    rest = f"<p>{plural(more, 'more finding')} are in the other formats.</p>\n" if more > 0 else ""
    return f'<h2>Findings</h2>\n<div class="filters">{boxes}</div>\n{made}{rest}'


def filter_box(kind: str, label: str, *, chosen: bool) -> str:
    """A check box that shows findings or hides them."""
    return f'<label><input type="checkbox" id="show-{kind}"{" checked" if chosen else ""}> {label}</label>'


def article(finding: Finding, facts: Facts, *, accepted: bool = False) -> str:
    """A finding."""
    kind = f"{finding.severity}{' accepted' if accepted else ''}"
    tags = f'<span class="tag {finding.severity}">{finding.severity}</span>'
    tags += ' <span class="tag accepted">accepted</span>' if accepted else ""
    opened = " open" if finding.severity is Severity.ERROR and not accepted else ""
    return (
        f'<article class="{kind}"><details{opened}><summary>{tags} '
        f'<span class="message">{marked(finding.message)}</span><br>'
        f'<span class="place">{text(str(finding.span))}</span></summary>\n<div>{snippet(finding.span, facts)}'
        f"<dl>{''.join(definitions(finding))}</dl></div></details></article>\n"
    )


def definitions(finding: Finding) -> Iterator[str]:
    """What a finding says beside its message."""
    page = address(f"rules/{finding.rule}/")
    name = text(finding.rule) if page is None else f'<a href="{text(page)}" rel="noreferrer">{text(finding.rule)}</a>'
    yield f"<dt>rule</dt><dd>{name}</dd>"
    yield f"<dt>category</dt><dd>{text(finding.category)}, {text(finding.confidence)} confidence</dd>"
    if finding.symptom:
        yield f"<dt>symptom</dt><dd>{marked(finding.symptom)}</dd>"
    if finding.remedy:
        yield f"<dt>instead</dt><dd>{marked(finding.remedy)}</dd>"
    if finding.fix is not None:
        option = "--fix" if finding.fix.safe else "--fix --unsafe-fixes"
        yield f"<dt>fix</dt><dd>{marked(finding.fix.title)} (<code>{option}</code>)</dd>"
    if finding.endpoints:
        yield f"<dt>affects</dt><dd>{', '.join(f'<code>{text(one)}</code>' for one in finding.endpoints)}</dd>"
    for related in finding.related[:MOST_RELATED]:
        place = text(str(related.span))
        yield f'<dt>see also</dt><dd><span class="place">{place}</span> {marked(related.message)}</dd>'


def snippet(span: Span, facts: Facts) -> str:
    """The source around a span, its own lines marked."""
    source = facts.project.files.get(span.path) or facts.project.others.get(span.path)
    if source is None:
        return ""
    last = min(max(span.end_line, span.line), span.line + 8)
    lines: list[str] = []
    for number in range(max(1, span.line - AROUND), last + AROUND + 1):
        line = line_of(source, number)
        if line or span.line <= number <= last:
            hit = ' class="hit"' if span.line <= number <= last else ""
            cut = line.replace("\t", "    ")
            cut = cut if len(cut) <= LONGEST_LINE else cut[:LONGEST_LINE] + "..."
            lines.append(f"<span{hit}><i>{number}</i>{text(cut)}</span>")
    return f"<pre>{''.join(lines)}</pre>\n" if any(line for line in lines) else ""
