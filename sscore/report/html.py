"""One web page with everything in it: it can be mailed, archived and opened in ten years."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from sscore.report.figures import Picture
from sscore.report.tables import Table

Part = Table | Picture | str
"""What a section holds: a table, a figure, or a paragraph of plain text."""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A heading and what stands below it, in that order."""

    title: str
    parts: tuple[Part, ...]


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The page's whole text: no scripts, nothing fetched from elsewhere. lead: a paragraph below the title."""
    contents = "".join(
        f'<li><a href="#s{number}">{html.escape(section.title)}</a></li>' for number, section in enumerate(sections)
    )
    body = "\n".join(_section(number, section) for number, section in enumerate(sections))
    return _PAGE.substitute(title=html.escape(title), lead=html.escape(lead), contents=contents, body=body)


def _section(number: int, section: Section) -> str:
    parts = "\n".join(_part(part) for part in section.parts)
    return f'<section id="s{number}"><h2>{html.escape(section.title)}</h2>\n{parts}\n</section>'


def _part(part: Part) -> str:
    if isinstance(part, str):
        return f"<p>{html.escape(part)}</p>"
    if isinstance(part, Table):
        return part.html()
    kind, data = ("svg+xml", part.svg) if part.svg else ("png", part.png)
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return (
        f'<figure><img alt="{html.escape(part.title, quote=True)}" src="{source}">'
        f"<figcaption><b>{html.escape(part.title)}.</b> {html.escape(part.caption)}</figcaption></figure>"
    )


_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { font: 15px/1.55 "Segoe UI", "Noto Sans", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1c2430;
  max-width: 1000px; margin: 2.5em auto; padding: 0 1.2em; }
h1 { font-size: 1.7em; margin-bottom: .2em; } h2 { font-size: 1.25em; margin-top: 2.2em;
  border-bottom: 1px solid #dce1e8; padding-bottom: .25em; }
nav ul { columns: 2; padding-left: 1.2em; } a { color: #1d53ba; }
figure { margin: 1.4em 0; overflow-x: auto; } figure img { max-width: 100%; height: auto; }
figcaption, .note { color: #566172; font-size: .92em; }
table { border-collapse: collapse; margin: .5em 0; font-variant-numeric: tabular-nums; font-size: .92em; }
th, td { padding: .32em .8em; text-align: left; border-bottom: 1px solid #e6eaf0; white-space: nowrap; }
thead th { border-bottom: 2px solid #566172; } .number { text-align: right; }
td.long { white-space: normal; min-width: 15em; }
.theirs { font-style: italic; color: #7a4a00; background: #fff8ec; }
h2 { break-after: avoid; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } figure { break-inside: avoid; overflow: visible; }
  th, td { padding: .25em .4em; } td.long { min-width: 8em; } nav { display: none; } }
</style></head>
<body><h1>$title</h1><p>$lead</p><nav><ul>$contents</ul></nav>
$body
</body></html>
""")
