/** The start page's whole style. Text and background differ by 7:1 or more, and nothing relies on colour alone. */
export const startStyle = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 1.0625rem/1.6 system-ui, sans-serif; color: #1c2529; background: #fff; }
header, main, .notice { padding: 0 max(1rem, calc((100vw - 60rem) / 2)); }
.notice { margin: 0; padding-top: .75rem; padding-bottom: .75rem; background: #7d1128; color: #fff; font-weight: 600; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: #ffe27a; color: #1c2529; }
h1 { margin: 1.5rem 0 .5rem; font-size: 2.25rem; line-height: 1.2; }
h2 { margin: 2rem 0 .5rem; font-size: 1.5rem; line-height: 1.3; }
a { color: #00407a; }
a:focus-visible, pre:focus-visible { outline: 3px solid #1c2529; outline-offset: 2px; background: #ffe27a; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem 1rem .5rem 0; border-bottom: 1px solid #a7b1b6; }
code { font: .9375rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0 1rem; padding: .75rem 1rem; overflow-x: auto; background: #eef2f3; border-left: 4px solid #00407a; }
pre code { overflow-wrap: normal; }
`;
