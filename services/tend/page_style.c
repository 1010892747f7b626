#include "services/tend/page.h"

// Each pair of letters and ground has a contrast of at least 4.5 to 1 in both schemes.
const char *const page_style[] = {
    ":root{color-scheme:light dark;--ground:#fff;--card:#f5f7f9;--line:#d4dae0;--ink:#15191e;--dim:#515c67;"
    "--level:#2f6db3;--up:#2c7a4b;--down:#b3402f;--cut:#9a5b00;--track:#dfe5ea;"
    "--s1:#e6eff8;--s2:#bdd6ee;--s3:#8fbbe3;--s4:#3d7fc1;--s5:#174a7e;--pale:#15191e;--deep:#fff}\n",
    "@media(prefers-color-scheme:dark){:root{--ground:#12161a;--card:#1b2127;--line:#36404a;--ink:#e8ecf0;"
    "--dim:#a9b4be;--level:#74aee6;--up:#6cc28f;--down:#f08c7a;--cut:#e0a84e;--track:#303a44;"
    "--s1:#1d2b39;--s2:#24405b;--s3:#2c567e;--s4:#6fa8dd;--s5:#b5d6f5;--pale:#e8ecf0;--deep:#12161a}}\n",
    "*{box-sizing:border-box}\n",
    "html{-webkit-text-size-adjust:100%}\n",
    "body{margin:0;background:var(--ground);color:var(--ink);overflow-wrap:break-word;"
    "font:16px/1.45 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Noto Sans CJK SC\",\"PingFang SC\","
    "\"Microsoft YaHei\",sans-serif}\n",
    "main{max-width:1060px;margin:0 auto;padding:16px}\n",
    "h1{font-size:1.5rem;margin:.2em 0}\n",
    "h2{font-size:1.1rem;margin:0 0 .5em}\n",
    "p{margin:.3em 0 .8em}\n",
    ".dim,figcaption,caption,footer{color:var(--dim);font-size:.875rem}\n",
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;margin:16px 0;padding:0}\n",
    ".tiles div,section{background:var(--card);border:1px solid var(--line);border-radius:8px}\n",
    ".tiles div{padding:10px 12px}\n",
    ".tiles dt{color:var(--dim);font-size:.875rem}\n",
    ".tiles dd{margin:0;font-size:1.15rem;font-weight:600}\n",
    ".parts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:14px;align-items:start}"
    "\n",
    "section{padding:14px;min-width:0;overflow-x:auto;container-type:inline-size}\n",
    "section.wide{grid-column:1/-1}\n",
    "figure{margin:0}\n",
    "table{width:100%;border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin-top:8px}\n",
    "caption{text-align:left;padding-bottom:4px}\n",
    "th,td{padding:4px 6px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}\n",
    "tbody th{overflow-wrap:anywhere}\n",
    "thead th{color:var(--dim)}\n",
    ".n{text-align:right;white-space:nowrap}\n",
    "thead .n{white-space:normal}\n",
    ".tight th,.tight td{padding:4px 3px}\n",
    ".tight tbody tr:last-child>*{font-weight:600}\n",
    "details{margin-top:10px}\n",
    "summary{cursor:pointer;color:var(--level);padding:6px 0}\n",
    "code{font-size:.9em}\n",
    "footer{margin:20px 0}\n",
    ".chart{display:block;width:100%;max-width:520px;height:auto;margin:0 auto;fill:var(--ink)}\n",
    ".chart text{font-size:12px}\n",
    ".chart .small{font-size:11px}\n",
    ".chart .strong{font-weight:600}\n",
    ".chart .middle{text-anchor:middle}\n",
    ".chart .end{text-anchor:end}\n",
    ".axis path{stroke:var(--line)}\n",
    ".axis text{fill:var(--dim)}\n",
    ".curve{fill:none;stroke:var(--level);stroke-width:2.5;stroke-linejoin:round}\n",
    ".even{stroke:var(--dim);stroke-width:1;stroke-dasharray:2 4}\n",
    ".cut{fill:none;stroke:var(--cut);stroke-width:1.2;stroke-dasharray:5 3}\n",
    ".chart .cutname{fill:var(--cut)}\n",
    ".mark{fill:var(--level);stroke:var(--card);stroke-width:1.5}\n",
    ".cell rect{fill:var(--ground);stroke:var(--line)}\n",
    ".cell text{fill:var(--pale)}\n",
    ".s1 rect{fill:var(--s1)}.s2 rect{fill:var(--s2)}.s3 rect{fill:var(--s3)}.s4 rect{fill:var(--s4)}"
    ".s5 rect{fill:var(--s5)}\n",
    ".chart .s5 text{fill:var(--deep)}\n",
    ".chart .s4 text{fill:#0b0f13}\n",
    ".box>rect:first-child{fill:var(--ground);stroke:var(--line)}\n",
    ".q-vip>rect:first-child{stroke:var(--up);stroke-width:1.5}\n",
    ".q-abandon>rect:first-child{stroke:var(--down);stroke-width:1.5}\n",
    ".box .track,.track{fill:var(--track)}\n",
    ".bar-level{fill:var(--level)}.bar-up{fill:var(--up)}.bar-down{fill:var(--down)}\n",
    // Where there is little room, a row with many columns becomes a block, each figure behind its name.
    "@media(max-width:600px){main,section{padding:10px}}\n",
    "@container(max-width:560px){\n",
    "table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n",
    "table.stack tr{display:block;padding:6px 0;border-bottom:1px solid var(--line)}\n",
    "table.stack td,table.stack th{display:flex;justify-content:space-between;gap:12px;border:0;padding:2px 0;"
    "text-align:right}\n",
    "table.stack th{font-weight:600;text-align:left}\n",
    "table.stack td{overflow-wrap:anywhere}\n",
    "table.stack td::before{content:attr(data-name);color:var(--dim);text-align:left;flex:none}}\n",
    NULL,
};
