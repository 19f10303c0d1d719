/** The style of the pages the gateway writes itself. Text and background differ by 7:1 or more, and nothing relies on colour alone. */
export const startStyle = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 1.1875rem/1.5 arial, sans-serif; color: #212b32; background: #f0f4f5; }
header, main, .notice { padding: 0 max(1rem, calc((100vw - 75rem) / 2 + 2rem)); }
.notice { margin: 0; padding-top: .375rem; padding-bottom: .375rem; background: #7d1128; color: #fff; font-size: 1rem; font-weight: 600; }
header { background: #003087; }
header p { margin: 0; padding: .75rem 0; }
header a { color: #fff; font-size: 1.375rem; font-weight: 700; text-decoration: none; }
header a:hover { text-decoration: underline; }
header span { display: block; font-size: .875rem; font-weight: 400; }
main { padding-top: 1.5rem; padding-bottom: 3rem; }
main > p, main > ul:not(.doors):not(.choices), main > dl { max-width: 44rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: #ffeb3b; color: #212b32; }
h1 { margin: 0 0 .75rem; font-size: clamp(1.75rem, 5vw, 2.25rem); line-height: 1.2; }
h2 { margin: 2rem 0 .75rem; font-size: 1.5rem; line-height: 1.3; }
.lede { font-size: 1.25rem; }
a { color: #00407a; }
a:focus-visible, pre:focus-visible, button:focus-visible, .scroll:focus-visible { outline: 4px solid #212b32; outline-offset: 0; background: #ffeb3b; color: #212b32; }
.doors, .choices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
.doors li { position: relative; padding: 1.25rem; background: #fff; border: 1px solid #aeb7bd; border-bottom: 4px solid #003087; border-radius: 4px; }
.doors li:hover { border-color: #00407a; }
.doors a { font-size: 1.25rem; font-weight: 700; }
.doors a::after { content: ""; position: absolute; inset: 0; }
.doors p { margin: .5rem 0 0; }
label { font-weight: 600; }
.box label, .box .hint, .box .error { display: block; }
.box .hint { color: #425563; }
.box .error { color: #a81e12; font-weight: 600; }
.box [aria-invalid] { border-color: #a81e12; border-width: 4px; }
.errors { max-width: 44rem; margin: 0 0 1.5rem; padding: 1rem 1.25rem; background: #fff; border: 4px solid #a81e12; }
.errors h2 { margin: 0 0 .5rem; }
.errors ul { margin: 0; padding: 0; list-style: none; }
.errors a { color: #a81e12; font-weight: 600; }
.errors:focus, h2:focus { outline: none; }
button { padding: .5rem 1.25rem; font: inherit; font-weight: 600; color: #00407a; background: #fff; border: 2px solid #00407a; border-radius: 4px; cursor: pointer; }
button:hover { box-shadow: inset 0 -4px #003087; }
button.main { color: #fff; background: #00703c; border-color: #00703c; }
input { box-sizing: border-box; width: 100%; max-width: 24rem; padding: .5rem; font: inherit; border: 2px solid #212b32; border-radius: 0; }
input:focus-visible { outline: 4px solid #ffeb3b; outline-offset: 0; box-shadow: inset 0 0 0 2px #212b32; }
.choices button { display: block; width: 100%; height: 100%; padding: 1rem; text-align: left; font: inherit; font-weight: 400; color: #212b32; background: #fff; border: 1px solid #4c6272; border-radius: 4px; cursor: pointer; }
.choices button:hover { border-color: #003087; box-shadow: inset 0 -4px #003087; }
.choices strong, .choices span { display: block; }
.choices strong { font-size: 1.25rem; color: #00407a; }
.door-single { display: inline-block; padding: .75rem 1.5rem; background: #00703c; color: #fff; border-radius: 4px; font-weight: 700; text-decoration: none; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; background: #fff; }
caption { text-align: left; padding-bottom: .5rem; background: #f0f4f5; }
th, td { text-align: left; vertical-align: top; padding: .5rem 1rem; border-bottom: 1px solid #aeb7bd; }
code { font: .9375rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0 1rem; padding: .75rem 1rem; overflow-x: auto; background: #fff; border-left: 4px solid #00407a; }
pre code { overflow-wrap: normal; }
.report .facts { padding: 0; list-style: none; }
.report th, .report td { text-align: start; font-weight: 400; }
.report thead th { font-weight: 600; }
.report td p { margin: 0 0 .25rem; }
.report .emergency { box-shadow: inset .375rem 0 0 #7d1128; }
.report .emergency th { font-weight: 700; }
@media print {
  .report { font-size: 10pt; background: #fff; }
  .report caption { background: #fff; }
  .report main { padding: 0; }
  .report h2 { break-after: avoid; font-size: 13pt; }
  .report thead { display: table-header-group; }
  .report tr { break-inside: avoid; }
}
`;
