import { type CSSResult, css } from "lit";

/** What the views beside the valuation add to the room's sheet. */
export const VIEW_STYLE: CSSResult = css`
/* As large as a finger needs, without moving the lines around it. */
button.term,button.sort{all:unset;display:inline-block;min-width:24px;min-height:24px;
box-sizing:border-box;padding-block:3px;margin-block:-4px}
button.term{cursor:help;border-radius:2px;text-decoration:underline dotted 1px;
text-decoration-color:var(--bar);text-underline-offset:.22em}
button.term:hover{text-decoration-color:var(--accent)}
button.term:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.strip button.term{color:var(--muted);font-size:.875rem;margin-right:.4rem}
.panel{padding-inline:4px;margin-inline:-4px}
h2,[id^="method-"]{scroll-margin-top:6rem}
.explanation{position:fixed;inset:auto;margin:0;width:22rem;max-width:calc(100vw - 16px);
max-height:calc(100vh - 16px);overflow:auto;padding:.8rem 1rem;border:1px solid var(--muted);
border-radius:3px;background:var(--paper);color:var(--ink);font-size:.8125rem;line-height:1.45;
font-weight:400;letter-spacing:0;text-align:left;white-space:normal;
box-shadow:0 6px 24px rgb(0 0 0/.18)}
.explanation p{margin:.3rem 0;font-size:.8125rem;color:var(--ink)}
.explanation .title{font-weight:650;margin-top:0}
.explanation .formula{border-left:2px solid var(--accent);padding-left:.6rem}
.explanation sub,.explanation sup{line-height:0;font-size:.75em}
.explanation dl{margin:.5rem 0;display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.1rem .75rem}
.explanation dl div{display:contents}
.explanation dt{line-height:1.45;overflow-wrap:anywhere}
.explanation dd{font-size:.8125rem!important;font-weight:400!important;color:var(--ink)!important;
line-height:1.45!important;letter-spacing:0;text-align:right;white-space:nowrap}
.explanation .error{color:var(--muted)}
.late>h2::after{content:"\\a0 being computed anew";font-size:.8125rem;font-weight:400;
letter-spacing:0;color:var(--muted)}
.heat .reach,.difference{display:block;color:var(--muted);font-size:.75rem;line-height:1.3}
.heat .reach{color:var(--ink)}
tr.sum th,tr.sum td{border-top:1px solid var(--muted)}
.wrap{display:block;white-space:normal;min-width:11rem}
button.sort{cursor:pointer;text-align:inherit}
button.sort:hover{color:var(--ink)}
button.sort:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th[aria-sort="descending"] button.sort::after{content:"\\a0\\2193"}
th[aria-sort="ascending"] button.sort::after{content:"\\a0\\2191"}
th[aria-sort="descending"],th[aria-sort="ascending"]{color:var(--ink)}
.asks{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;font-size:.8125rem}
.under-way{display:inline-flex;gap:.5rem;align-items:center}
progress{accent-color:var(--accent);width:6rem;height:.5rem}
.correlation td{min-width:4.1rem;padding:.15rem .3rem!important}
.correlation td.moved input{font-weight:650;border-bottom:2px solid var(--accent)}
.correlation input,.fields input,.fields select{font:inherit;color:inherit;background:transparent;
border:1px solid var(--muted);border-radius:2px;padding:.15rem .25rem;min-width:0}
.correlation input{width:3.9rem;min-height:24px;text-align:right;border-color:transparent;
border-bottom-color:var(--muted);border-radius:0}
.correlation input:hover{border-color:var(--muted)}
.correlation input[aria-invalid="true"]{outline:2px solid var(--ink)}
.wrong:empty{display:none}
.wrong{font-size:.8125rem;border-left:3px solid var(--accent);padding-left:.75rem}
form.quote{position:static;max-height:none;overflow:visible;border:0;padding:0}
.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:.6rem 1rem;
margin:.75rem 0}
.fields label{display:grid;gap:.15rem;font-size:.75rem;color:var(--muted);min-width:0}
.fields input,.fields select{font-size:.8125rem;color:var(--ink);min-height:2rem;width:100%}
.quoted{margin:1rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));
gap:.75rem 1.25rem}
.quoted dd{font-weight:600}
.multiples svg.small{max-width:none}
`;
