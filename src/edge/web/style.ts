import { type CSSResult, css, unsafeCSS } from "lit";
import { STYLE } from "../report/style.ts";
import { VIEW_STYLE } from "./view-style.ts";

/** What the room adds to the report's sheet: where things stand on a screen, and the controls. */
const ROOM: CSSResult = css`
:host{display:block;min-height:100vh;color-scheme:light dark;
--paper:var(--risk-room-paper,light-dark(#fff,#12171d));
--ink:var(--risk-room-ink,light-dark(#17202a,#e5e9ee));
--muted:var(--risk-room-muted,light-dark(#56616d,#9ba7b3));
--line:var(--risk-room-line,light-dark(#dce1e6,#2c353f));
--soft:var(--risk-room-soft,light-dark(#f4f6f8,#1a2129));
--bar:var(--risk-room-bar,light-dark(#b4bec9,#56626f));
--accent:var(--risk-room-accent,light-dark(#1b58a6,#82b4f5));
--accent-rgb:from var(--accent) r g b;--ink-rgb:from var(--ink) r g b;
background:var(--paper);color:var(--ink);font:16px/1.55 var(--risk-room-font,system-ui,
-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif);
font-variant-numeric:tabular-nums lining-nums;overflow-wrap:break-word}
:host([theme="light"]){color-scheme:light}
:host([theme="dark"]){color-scheme:dark;}
main,header,footer{max-width:none;margin:0;padding:0}
.room{position:relative;max-width:118rem;margin:0 auto;padding:0 1.5rem}
header{display:flex;flex-wrap:wrap;align-items:end;gap:.75rem 2rem;padding:1.5rem 0 1rem;
border-bottom:1px solid var(--line)}
header .name{flex:1 1 26rem;min-width:0}
header h1{margin:0;font-size:1.625rem}
header .kicker{margin:0 0 .15rem}
header .facts{margin:.35rem 0 0;padding:0;border:0;display:flex;flex-wrap:wrap;gap:.1rem 1.25rem}
header .facts div{display:flex;gap:.4rem;font-size:.8125rem}
header .facts dt{line-height:inherit}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}
.strip{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--line);
display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem 1.75rem;padding:.55rem 0}
.strip p{margin:0;max-width:none}
.strip span{color:var(--muted);font-size:.875rem;margin-right:.4rem}
.strip b{font-weight:650}
.strip .lead b{color:var(--accent)}
.strip .state{margin-left:auto;color:var(--muted);font-size:.8125rem}
.plan{display:grid;grid-template-columns:17.5rem minmax(0,1fr);gap:0 2rem;align-items:start}
form{position:sticky;top:3rem;max-height:calc(100vh - 3rem);overflow-y:auto;padding:1rem .75rem 2rem 0;
border-right:1px solid var(--line)}
fieldset{border:0;margin:0 0 1.25rem;padding:0;min-width:0}
legend{padding:0;font-weight:650;font-size:.9375rem;margin-bottom:.35rem}
.hint{margin:.15rem 0 .35rem;color:var(--muted);font-size:.75rem;line-height:1.4}
.control{display:grid;grid-template-columns:minmax(0,1fr) auto auto;gap:0 .6rem;font-size:.875rem;
margin:.3rem 0;align-items:center;line-height:1.3}
.control label{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.control label:not(:has(+output)){grid-column:1/3}
.control output{grid-column:2;grid-row:1}.control .number{grid-column:3;grid-row:1}
.control output{color:var(--muted);white-space:nowrap;font-size:.8125rem}
.number{display:flex;align-items:baseline;gap:.25rem;color:var(--muted)}
.number span{min-width:2rem}
.number input{font:inherit;color:var(--ink);background:transparent;border:1px solid transparent;
border-bottom-color:var(--line);border-radius:3px 3px 0 0;width:2.9rem;min-height:1.5rem;padding:0 .2rem;
text-align:right}
.number input:hover,.number input:focus{border-color:var(--muted)}
.number [aria-invalid="true"],select[aria-invalid="true"]{border-color:var(--accent);
outline:1px solid var(--accent)}
.field-error{grid-column:1/-1;margin:.1rem 0 .35rem;padding-left:.5rem;border-left:3px solid var(--accent);
font-size:.8125rem;line-height:1.4;overflow-wrap:anywhere}
.field-error:empty{display:none}
.control.moved .number input{color:var(--accent);font-weight:650}
.control>input,.control>select{grid-column:1/-1}
input[type="range"]{width:100%;margin:0;height:1.5rem;accent-color:var(--accent);
background:transparent}
.check{display:flex;min-height:1.5rem;gap:.5rem;align-items:flex-start;font-size:.875rem}
.check input{accent-color:var(--accent);width:1.5rem;height:1.5rem;margin:0;flex:none}
button,select,.file{font:inherit;font-size:.8125rem;line-height:1.4;color:var(--ink);
background:var(--paper);border:1px solid var(--muted);border-radius:3px;padding:.35rem .7rem;
min-height:2rem;cursor:pointer;display:inline-block}
select{max-width:100%;padding-right:.4rem}
button:hover,select:hover,.file:hover{background:var(--soft)}
button:disabled{color:var(--muted);border-color:var(--line);cursor:default}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.file input{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.file:focus-within{outline:2px solid var(--accent);outline-offset:2px}
.tools label{font-size:.75rem;color:var(--muted);display:grid;gap:.1rem}
.tools label.file{font-size:.8125rem;color:var(--ink)}
.results{min-width:0;padding-bottom:3rem}
.columns{display:grid;grid-template-columns:minmax(0,1fr);gap:0 2rem}
.columns>div{min-width:0}
.panel{container-type:inline-size;content-visibility:auto;contain-intrinsic-size:auto 40rem}
section,section+section{margin:0;padding:1.75rem 0 0;border:0}
.panel+.panel section,.columns+.columns .panel:first-child section{border-top:1px solid var(--line);
margin-top:1.25rem;padding-top:1.25rem}
.summary{font-size:1rem;margin-bottom:1.5rem}
.figures{grid-template-columns:repeat(6,minmax(0,1fr));gap:1.1rem 1.5rem}
.figures .lead dd{font-size:1.625rem}
.panel table{font-size:.8125rem}
.panel th,.panel td{padding-left:.5rem}
.panel td,.panel thead th{white-space:normal}
.panel .scroll{background:linear-gradient(90deg,var(--paper),transparent) 0 0/2.5rem 100% no-repeat local,
linear-gradient(270deg,var(--paper),transparent) 100% 0/2.5rem 100% no-repeat local,
linear-gradient(90deg,var(--line),transparent) 0 0/.6rem 100% no-repeat scroll,
linear-gradient(270deg,var(--line),transparent) 100% 0/.6rem 100% no-repeat scroll}
.panel th:first-child,.panel td:first-child{padding-left:0}
.panel tr.primary th:first-child{padding-left:.6rem}
.panel .heat td,.panel .heat th{padding-left:.5rem}
figure{margin:1rem 0 1.25rem}
@container (max-width:520px){.figures{grid-template-columns:1fr 1fr}.figures div.lead{grid-column:span 2}
.figures div:not(.lead){grid-column:span 1}svg.wide{display:none}svg.narrow{display:block;max-width:none}}
@container (min-width:521px){svg.wide{display:block;max-width:56rem}svg.narrow{display:none}}
.problems{border-left:3px solid var(--accent);padding:.25rem 0 .25rem 1rem;margin:1rem 0}
.problems h2{font-size:1rem;margin:0}
.problems dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 .75rem;margin:.5rem 0;
font-size:.875rem}
.problems dd{overflow-wrap:anywhere}
.problems dl,.problems dl:first-child{break-inside:avoid;margin:0 0 .75rem}
.problems div{margin-top:.5rem;columns:26rem;column-gap:2.5rem}
.excerpt{display:block;white-space:pre-wrap;overflow-wrap:anywhere;color:var(--muted)}
.excerpt mark{background:transparent;color:var(--ink);font-weight:650;text-decoration:underline;
text-decoration-color:var(--accent);text-decoration-thickness:2px;text-underline-offset:3px}
.notes{margin:1rem 0 0}.notes ul{font-size:.8125rem}
details.menu{position:relative}
details.menu>summary{list-style:none;font-size:.8125rem;line-height:1.4;color:var(--ink);
background:var(--paper);border:1px solid var(--muted);border-radius:3px;padding:.35rem .7rem;min-height:2rem}
details.menu>summary::-webkit-details-marker{display:none}
details.menu>summary::after{content:"\\25be";margin-left:.35rem;color:var(--muted)}
details.menu>summary:hover{background:var(--soft)}
details.menu>div{position:absolute;z-index:4;right:0;top:100%;margin-top:2px;display:grid;min-width:12rem;
background:var(--paper);border:1px solid var(--muted);border-radius:3px;padding:.25rem}
details.menu>div button{border:0;text-align:left;white-space:nowrap}
.panel-menu{float:right;margin:1.75rem 0 0 1rem;position:relative;z-index:1}
.panel+.panel .panel-menu{margin-top:2.3rem}
.panel-menu details.menu>summary{border-color:transparent;color:var(--muted);min-height:1.75rem;padding:.2rem .5rem}
.panel-menu details.menu>summary:hover,.panel-menu details[open]>summary{border-color:var(--line);color:var(--ink)}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0}
.dropping{outline:2px dashed var(--accent);outline-offset:-6px}
.waiting{padding:3rem 0;color:var(--muted)}
.strip .state.late{color:var(--ink)}
summary{font-size:.875rem}
@media (min-width:1500px){.columns{grid-template-columns:minmax(0,1.14fr) minmax(0,1fr)}
.columns .panel:first-child section{border-top:0!important;margin-top:0;padding-top:1.5rem}}
@media (max-width:1150px){form{top:4.6rem;max-height:calc(100vh - 4.6rem)}}
@media (max-width:860px){.room{padding:0 1rem}
.plan{grid-template-columns:minmax(0,1fr)}
form{position:static;max-height:none;border-right:0;border-bottom:1px solid var(--line);
padding:.5rem 0}
.strip{gap:.15rem 2rem}
.strip p:not(.state){display:grid;font-size:.875rem;line-height:1.35}
.strip span{font-size:.75rem;margin:0}
.strip p.shared{flex-basis:100%;display:flex;gap:.4rem;align-items:baseline}
.strip .state{margin:0;flex-basis:100%;font-size:.75rem}
fieldset{margin-bottom:1rem}
.groups.closed{display:none!important}
.toggle{width:100%;margin:.25rem 0}
.groups{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:0 1.75rem}}
@media (min-width:861px){.toggle{display:none}}
@media (prefers-reduced-motion:no-preference){.control output{transition:color .15s}}
@media print{form,.tools,.strip .state{display:none}.plan{display:block}.strip{position:static}}
`;

/** The room's sheets: the report's, whose pictures it shows, and its own. */
export const ROOM_STYLE: CSSResult[] = [unsafeCSS(STYLE), ROOM, VIEW_STYLE];
