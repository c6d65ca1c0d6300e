"""The style sheet of HTML reports: light, dark as the reader's system asks, and print. Pure.

Every colour of text has a contrast of at least 4.5 to its ground in both; marks have 3 (WCAG 2.2).
"""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--ground:#fff;--raised:#f5f6f8;--line:#d9dce1;--text:#1b1f24;
--quiet:#5a6270;--me:#2f5f9e;--them:#8a5a00;--good:#17713c;--hollow:#8f5a00;--against:#b3261e;
--mine:#2f5f9e;--plain:#5a6270;--marked:#fff1c2}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--raised:#1e2228;--line:#3a404a;
--text:#e7e9ec;--quiet:#a4acb8;--me:#86b4f0;--them:#e0b060;--good:#6fcf97;--hollow:#e8b45a;
--against:#f28b82;--mine:#86b4f0;--plain:#a4acb8;--marked:#4a3f16}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1.25rem 4rem;background:var(--ground);
color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font-size:1.75rem;line-height:1.2;margin:.2em 0 .3em}
h2{font-size:1.2rem;margin:2.4em 0 .6em;padding-bottom:.25em;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.4em 0 .4em}
p{margin:.5em 0}
a{color:inherit;text-decoration-color:var(--quiet);text-underline-offset:.15em}
a:focus-visible{outline:2px solid var(--me);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
.quiet,figcaption,caption,.small{color:var(--quiet)}
.meta{color:var(--quiet);margin:0}
.badge{display:inline-block;padding:.1em .7em;border:1.5px solid currentColor;border-radius:1em;
font-weight:600;font-size:.9rem}
.headline{font-size:1.2rem;margin:.7em 0 .2em}
.practise{background:var(--raised);border-left:4px solid var(--good);padding:.8em 1em;
margin:1.2em 0}
.practise h2{border:0;margin:0;padding:0;font-size:1rem}
.good{color:var(--good)}.hollow{color:var(--hollow)}.against{color:var(--against)}
.mine{color:var(--mine)}.plain{color:var(--plain)}
.rests{font-size:.875rem;color:var(--quiet);margin:.2em 0 0}
blockquote{margin:.4em 0;padding-left:.9em;border-left:3px solid var(--line)}
q{quotes:"\\201c" "\\201d"}
.moment{border:1px solid var(--line);border-radius:6px;padding:.2em 1.1em .9em;margin:1em 0;
break-inside:avoid}
dl{display:grid;grid-template-columns:minmax(7rem,10rem) 1fr;gap:.3em 1em;margin:.6em 0}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
audio{width:100%;margin-top:.6em}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.4em .8em .4em 0;border-bottom:1px solid
var(--line);overflow-wrap:anywhere}
th{font-weight:600;overflow-wrap:normal}
thead th{color:var(--quiet);font-weight:500;white-space:nowrap}
caption{text-align:left;padding-bottom:.4em}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
ul{padding-left:1.2em;margin:.4em 0}
li{margin:.25em 0;overflow-wrap:anywhere}
figure{margin:0}svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:13px system-ui,sans-serif;fill:var(--text)}
svg .small{font-size:12px;fill:var(--quiet)}
svg .end{text-anchor:end}svg .middle{text-anchor:middle}
svg .lane{fill:var(--raised)}svg .grid{stroke:var(--line);stroke-width:1}
svg .me{fill:var(--me)}svg .them{fill:var(--them)}svg .unknown{fill:var(--plain)}
svg .curve{fill:none;stroke:var(--good);stroke-width:2.5;stroke-linejoin:round}
svg .point{fill:var(--good)}
svg .reference{stroke:var(--text);stroke-width:1.5;stroke-dasharray:6 4}
svg .mark{stroke:var(--ground);stroke-width:1}
svg .mark.good{fill:var(--good)}svg .mark.mine{fill:var(--mine)}svg .mark.plain{fill:var(--plain)}
svg .mark.against{fill:var(--against)}
svg .mark.hollow{fill:var(--ground);stroke:var(--hollow);stroke-width:2.5}
svg a:focus-visible .mark,svg a:hover .mark{stroke:var(--text);stroke-width:2}
svg.sparkline{width:10rem;height:2rem}
.legend{display:flex;flex-wrap:wrap;gap:.3em 1.3em;font-size:.875rem;color:var(--quiet);
margin:.2em 0 .8em;padding:0;list-style:none}
.legend li{display:flex;align-items:center;gap:.45em;margin:0}
.legend svg{width:18px;height:18px;flex:none}
.say{display:grid;grid-template-columns:4.2rem 3.6rem 1fr;gap:0 .6em;padding:.3em 0;
break-inside:avoid}
.say time{color:var(--quiet);font-variant-numeric:tabular-nums}
.say .who{font-weight:600}.say.me .who{color:var(--me)}.say.them .who{color:var(--them)}
.say p{margin:0;overflow-wrap:anywhere}
.say .over{color:var(--quiet);font-size:.875rem;margin-right:.6em}
.say .signals{grid-column:3;font-size:.875rem;margin-top:.15em}
.signals span{margin-right:1em;white-space:nowrap}
:target{background:var(--marked)}
mark{background:var(--marked);color:inherit;padding:0 .1em}
footer{margin-top:3em;border-top:1px solid var(--line);padding-top:.8em;font-size:.875rem;
color:var(--quiet)}
@media (max-width:40rem){.say{grid-template-columns:3.4rem 1fr}
.say p,.say .signals{grid-column:1/-1}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5em}}
@media print{@page{margin:16mm 15mm}
:root{color-scheme:light;--ground:#fff;--raised:#f2f3f5;--line:#c9cdd3;--text:#000;--quiet:#4a515c;
--me:#2f5f9e;--them:#8a5a00;--good:#17713c;--hollow:#8f5a00;--against:#b3261e;--mine:#2f5f9e;
--plain:#5a6270;--marked:#fff1c2}
body{max-width:none;padding:0;font-size:10.5pt}
h2{break-after:avoid}h3{break-after:avoid}table,figure{break-inside:auto}tr,figure{break-inside:avoid}
a{text-decoration:none}audio,.skip{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
