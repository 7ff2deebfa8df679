/** The report's one style sheet: system fonts, one accent colour, light, dark and paper. */
export const STYLE: string = `
:root{color-scheme:light dark;--paper:#fff;--ink:#17202a;--muted:#56616d;--line:#dce1e6;
--soft:#f4f6f8;--bar:#b4bec9;--accent:#1b58a6;--accent-rgb:27 88 166;--ink-rgb:23 32 42}
@media screen and (prefers-color-scheme:dark){:root{--paper:#12171d;--ink:#e5e9ee;--muted:#9ba7b3;
--line:#2c353f;--soft:#1a2129;--bar:#56626f;--accent:#82b4f5;--accent-rgb:130 180 245;
--ink-rgb:229 233 238}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums;
overflow-wrap:break-word}
main,header,footer{max-width:64rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:3.5rem}
footer{padding-bottom:4rem;color:var(--muted);font-size:.8125rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:0 0 .35rem}
h2{font-size:1.25rem;line-height:1.3;letter-spacing:-.01em;font-weight:650;margin:0 0 .5rem}
h3{font-size:1rem;font-weight:650;margin:2rem 0 .25rem}
p{margin:.5rem 0;max-width:44rem}
section{padding:2.75rem 0 0}
section+section{margin-top:2.75rem;border-top:1px solid var(--line)}
a{color:var(--accent)}
.kicker{margin:0 0 .5rem;color:var(--muted);font-size:.875rem}
.facts{margin:1.25rem 0 0;display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));
gap:.9rem 1.5rem;border-top:1px solid var(--line);padding-top:1rem}
.facts div,.figures div{min-width:0}
dt{color:var(--muted);font-size:.8125rem;line-height:1.4}
dd{margin:0}
.figures{margin:0;display:grid;grid-template-columns:repeat(6,1fr);gap:2rem 1.5rem}
.figures div{grid-column:span 2}
.figures div.lead{grid-column:span 3}
.figures dd{font-size:1.375rem;line-height:1.3;font-weight:600;letter-spacing:-.01em}
.figures .lead dd{font-size:2rem;line-height:1.2}
.figures .lead:first-child dd{color:var(--accent)}
.figures dd.note,.note{font-size:.8125rem;line-height:1.45;font-weight:400;letter-spacing:0;
color:var(--muted)}
.figures .lead dd.note,.figures .lead:first-child dd.note{font-size:.8125rem;line-height:1.45;
color:var(--muted)}
.summary{font-size:1.125rem;line-height:1.6;max-width:46rem;margin:0 0 2.25rem}
figure{margin:1.5rem 0 2rem}
figcaption{color:var(--muted);font-size:.8125rem;line-height:1.5;max-width:44rem;margin-top:.5rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg.narrow{display:none}
svg text{font-size:11.5px;fill:var(--muted)}
svg text.strong{fill:var(--ink);font-weight:600}
svg text.plain{fill:var(--ink)}
svg tspan.aside{fill:var(--muted)}
svg text.halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
svg .axis,svg .mark,svg .grid,svg .error,svg .zero{fill:none;stroke:var(--line);stroke-width:1}
svg .axis{stroke:var(--muted)}
svg .zero{stroke:var(--muted)}
svg .mark{stroke:var(--ink);stroke-width:1.25}
svg .mark.second{stroke-dasharray:4 3}
svg .error{stroke:var(--ink)}
svg .bar{fill:var(--bar)}
svg .tail{fill:var(--accent)}
svg .room{fill:var(--soft);stroke:var(--bar);stroke-width:1}
svg .open{fill:none;stroke:var(--bar);stroke-width:1;stroke-dasharray:4 3}
svg .curve{fill:none;stroke:var(--accent);stroke-width:1.75;stroke-linejoin:round}
svg .curve.second{stroke:var(--muted)}
svg .faint{fill:none;stroke:var(--muted);stroke-width:.6;opacity:.45;stroke-linejoin:round}
svg .band{fill:var(--accent);fill-opacity:.16}
svg .band.second{fill:var(--muted)}
svg .curve.thin{stroke-width:1.1}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(12.5rem,1fr));gap:1.25rem}
.multiples.fans{grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
.scroll{overflow-x:auto;margin:1.25rem 0;-webkit-overflow-scrolling:touch}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4}
caption{text-align:left;color:var(--muted);font-size:.8125rem;padding-bottom:.5rem}
th,td{padding:.4rem 0 .4rem 1.25rem;text-align:right;vertical-align:baseline;white-space:nowrap;
border-bottom:1px solid var(--line);font-weight:400}
th:first-child,td:first-child{padding-left:0;text-align:left}
td.text,th.text{text-align:left}
thead th{color:var(--muted);vertical-align:bottom;line-height:1.3;border-bottom-color:var(--muted)}
thead .unit{display:block;font-size:.75rem}
tbody th{font-weight:500}
tr.primary th,tr.primary td{font-weight:650;background:var(--soft)}
tr.primary th:first-child{box-shadow:inset 3px 0 var(--accent);padding-left:.6rem}
.best{font-weight:650;color:var(--accent)}
.best::before{content:"\\25cf\\00a0";font-size:.6em;vertical-align:.15em}
.under{display:block;white-space:normal;min-width:8rem;color:var(--muted);font-size:.8125rem;font-weight:400}
.heat{width:auto}
.heat td,.heat th{padding:.35rem .55rem;text-align:right;border:0}
.heat thead th{border-bottom:1px solid var(--line)}
.heat td{min-width:3.4rem}
.heat th:first-child{text-align:left;padding-left:0}
summary{cursor:pointer;color:var(--accent);padding:.4rem 0;font-size:.9375rem}
ul{margin:.5rem 0;padding-left:1.1rem;max-width:46rem}
li{margin:.35rem 0}
.notices{list-style:none;padding:0}
.notices li{border-left:3px solid var(--accent);padding:.1rem 0 .1rem .9rem;margin:.75rem 0}
.notices code{color:var(--muted);font-size:.8125rem;display:block}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
font-size:.8125rem}
pre{background:var(--soft);padding:.9rem 1rem;overflow-x:auto;white-space:pre-wrap;
overflow-wrap:anywhere;line-height:1.5}
.receipt{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:1rem 0;
font-size:.8125rem}
.receipt dd{overflow-wrap:anywhere}
@media screen and (max-width:680px){
main,header,footer{padding-left:1rem;padding-right:1rem}
header{padding-top:2rem}
h1{font-size:1.5rem}
section{padding-top:2rem}section+section{margin-top:2rem}
svg.wide{display:none}svg.narrow{display:block;max-width:30rem}
.summary{font-size:1.0625rem}
.figures{grid-template-columns:1fr 1fr;gap:1.5rem 1rem}
.figures div{grid-column:span 1}
.figures div.lead{grid-column:span 2}
.figures dd{font-size:1.125rem}
.figures .lead dd{font-size:1.625rem}
.facts{grid-template-columns:1fr 1fr}
.multiples{grid-template-columns:1fr 1fr;gap:.75rem}
.multiples svg text{font-size:13px}
.receipt{grid-template-columns:1fr;gap:0}.receipt dd{margin-bottom:.6rem}
th,td{padding-left:.9rem}
}
@media print{
@page{size:A4;margin:16mm 15mm 18mm}
:root{color-scheme:light}html{font-size:10pt}
body{font-size:1rem;line-height:1.45}
main,header,footer{max-width:none;padding:0}
header{padding-top:0}
section{padding-top:14pt}section+section{margin-top:14pt}
h1{font-size:20pt}
h2,h3,caption{break-after:avoid}
figure,tr,.figures,.facts,.notices li,li,pre,.multiples svg{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
table{font-size:7.75pt}thead .unit,.under{font-size:7pt}
th,td{padding-left:7pt;padding-top:2.5pt;padding-bottom:2.5pt}
.heat td,.heat th{padding:2pt 4pt}.heat td{min-width:0}
.multiples{grid-template-columns:repeat(4,1fr)}
summary{display:none}
details::details-content{content-visibility:visible;display:block;block-size:auto}
.heat td,.bar,.tail,.room,.band,tr.primary th,tr.primary td,pre{print-color-adjust:exact;
-webkit-print-color-adjust:exact}
}
`;
