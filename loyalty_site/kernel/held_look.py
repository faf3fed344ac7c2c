"""How the file of everything held looks: it is read from a disk, far from the site's own style, and printed."""

LOOK = """
:root{color-scheme:light dark;--paper:#f7f4ee;--card:#fffdf9;--ink:#23201b;--muted:#5f584d;--line:#e0d8ca;
--accent:#1d5c45}
@media(prefers-color-scheme:dark){:root{--paper:#171613;--card:#211f1b;--ink:#efeae0;--muted:#b8b0a2;--line:#3a362f;
--accent:#7fd1ac}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--paper);
color:var(--ink);margin:0 auto;max-width:68rem;padding:2rem 1rem 4rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .75rem}
header p{color:var(--muted);margin:0}
nav{margin:1.5rem 0}
nav ol{columns:18rem;column-gap:2rem;margin:0;padding-left:1.75rem}
nav li{break-inside:avoid;padding:.1rem 0}
a{color:var(--accent)}
body>section,.empty{background:var(--card);border:1px solid var(--line);border-radius:12px;margin:0 0 1rem;
padding:1.25rem}
section:target{outline:2px solid var(--accent)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;width:100%}
th,td{border-bottom:1px solid var(--line);padding:.45rem .75rem .45rem 0;text-align:left;vertical-align:top}
th{color:var(--muted);font-weight:600}
tbody tr:last-child td{border-bottom:0}
.number{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
td{overflow-wrap:break-word;min-width:4rem}
dl{border-top:1px solid var(--line);display:grid;gap:.75rem 1.5rem;
grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));
margin:0;padding:1rem 0}
h2+dl{border-top:0;padding-top:0}
dl:last-child{padding-bottom:0}
dt{color:var(--muted);font-size:.85rem}
dd{margin:0;overflow-wrap:anywhere}
dl+dl>div:first-child,dl:not(:only-of-type)>div:first-child{font-weight:600}
.empty{color:var(--muted)}
.empty section{display:inline}
.empty section:not(:last-child)::after{content:" · "}
@media print{
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--muted:#444;--line:#bbb;--accent:#000}
@page{margin:1.5cm}
body{font-size:10pt;max-width:none;padding:0}
nav{display:none}
body>section,.empty{border:0;border-radius:0;border-top:1px solid var(--line);padding:.75rem 0}
.wide{overflow:visible}
table{font-size:8.5pt}
td{overflow-wrap:anywhere}
thead{display:table-header-group}
tr,dl{break-inside:avoid}
h2{break-after:avoid}
}
"""
