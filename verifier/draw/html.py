"""HTML: the drawing as a page that stands by itself, in which one can look for files, follow arrows and come closer."""

from __future__ import annotations

from verifier.draw.fold import Picture
from verifier.draw.letters import safe
from verifier.draw.paint import DARK, LIGHT, SANS
from verifier.draw.scene import verdict
from verifier.draw.svg import svg

STYLE = f"""
:root{{color-scheme:light dark}}
body{{margin:0;font:14px {SANS};background:{LIGHT.none.ground};color:{LIGHT.text}}}
header{{position:sticky;top:0;z-index:1;display:flex;gap:8px;align-items:center;padding:10px 16px;
background:{LIGHT.page};border-bottom:1px solid {LIGHT.frame}}}
input{{flex:0 1 280px;padding:6px 10px;font:inherit;color:inherit;background:transparent;
border:1px solid {LIGHT.frame};border-radius:6px}}
button{{padding:6px 10px;font:inherit;color:inherit;background:transparent;border:1px solid {LIGHT.frame};
border-radius:6px;cursor:pointer}}
output{{color:{LIGHT.quiet}}}
main{{overflow:auto;padding:16px}}
svg{{display:block;margin:auto}}
[data-box],[data-arrow],[data-badge]{{cursor:pointer;transition:opacity .12s}}
.focused [data-arrow]:not(.near),.focused [data-box]:not(.near),.focused [data-badge]:not(.near){{opacity:.13}}
@media (prefers-color-scheme:dark){{
body{{background:{DARK.none.ground};color:{DARK.text}}}
header{{background:{DARK.page};border-color:{DARK.frame}}}
input,button{{border-color:{DARK.frame}}}
output{{color:{DARK.quiet}}}
}}
@media print{{header{{display:none}}}}
"""

# All that the page knows stands in the drawing's data attributes; nothing of the project is part of the script.
SCRIPT = """
const drawing = document.querySelector('svg')
const all = name => [...drawing.querySelectorAll(`[data-${name}]`)]
const boxes = all('box'), arrows = all('arrow'), badges = all('badge')
const search = document.querySelector('input'), found = document.querySelector('output')
const wide = drawing.viewBox.baseVal.width, high = drawing.viewBox.baseVal.height
let scale = 1, kept = null

const numbers = element => (element.dataset.badge || element.dataset.violations || '').split(' ').filter(Boolean)
const holds = (end, box) => end === box.dataset.box || end === box.dataset.in

function show(near) {
  drawing.classList.toggle('focused', near !== null)
  for (const element of [...boxes, ...arrows, ...badges]) {
    element.classList.toggle('near', near !== null && near.has(element))
  }
}

function around(element) {
  const near = new Set([element])
  const told = new Set(numbers(element))
  for (const arrow of arrows) {
    const ends = [arrow.dataset.from, arrow.dataset.to]
    const touched = arrow === element
      || (element.dataset.box && ends.some(end => holds(end, element)))
      || numbers(arrow).some(number => told.has(number))
    if (!touched) continue
    near.add(arrow)
    for (const number of numbers(arrow)) told.add(number)
    for (const box of boxes) if (ends.some(end => holds(end, box))) near.add(box)
  }
  for (const other of [...boxes, ...badges]) if (numbers(other).some(number => told.has(number))) near.add(other)
  return near
}

for (const element of [...boxes, ...arrows, ...badges]) {
  element.addEventListener('mouseenter', () => { if (!kept && !search.value) show(around(element)) })
  element.addEventListener('mouseleave', () => { if (!kept && !search.value) show(null) })
  element.addEventListener('click', event => {
    event.stopPropagation()
    kept = kept === element ? null : element
    show(kept && around(kept))
  })
}
drawing.addEventListener('click', () => { kept = null; search.value = ''; found.value = ''; show(null) })

search.addEventListener('input', () => {
  kept = null
  const words = search.value.toLowerCase().trim()
  if (!words) { found.value = ''; show(null); return }
  const hits = boxes.filter(box => box.dataset.files.toLowerCase().includes(words))
  found.value = hits.length === 1 ? '1 box' : `${hits.length} boxes`
  const near = new Set(hits)
  for (const arrow of arrows) {
    if (hits.some(box => holds(arrow.dataset.from, box) || holds(arrow.dataset.to, box))) near.add(arrow)
  }
  show(near)
  if (hits.length) hits[0].scrollIntoView({ block: 'center', inline: 'center' })
})

function zoom(factor) {
  scale = factor ? Math.min(6, Math.max(0.2, scale * factor)) : 1
  drawing.setAttribute('width', wide * scale)
  drawing.setAttribute('height', high * scale)
}
document.querySelector('#closer').addEventListener('click', () => zoom(1.25))
document.querySelector('#farther').addEventListener('click', () => zoom(0.8))
document.querySelector('#whole').addEventListener('click', () => zoom(0))
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') drawing.dispatchEvent(new Event('click'))
  else if (event.target !== search && event.key === '/') { event.preventDefault(); search.focus() }
})
"""


def html(picture: Picture) -> str:
    """The page."""
    title = safe(f"{picture.graph.name}: {verdict(picture)[0]}")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
script-src 'unsafe-inline'">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<input type="search" placeholder="Find a file" aria-label="Find a file">
<button id="farther" type="button" aria-label="Farther">−</button>
<button id="whole" type="button">1:1</button>
<button id="closer" type="button" aria-label="Closer">+</button>
<output></output>
</header>
<main>
{svg(picture)}</main>
<script>{SCRIPT}</script>
</body>
</html>
"""
