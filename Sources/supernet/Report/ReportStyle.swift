/// How a report looks: on a desk, on a phone, by day and night, on paper.
enum ReportStyle {
  static let sheet = """
    :root{--ground:#ffffff;--panel:#f5f7f9;--ink:#1c2430;--soft:#586272;--rule:#d9dee5;
    --link:#0b5cad;--warn:#8a5a00;--warn-ground:#fff6e0}
    @media screen and (prefers-color-scheme:dark){:root{--ground:#0e1116;--panel:#14181d;
    --ink:#e4e7eb;--soft:#9aa4b2;--rule:#2c333c;--link:#79b8ff;--warn:#ffcf70;--warn-ground:#2a2210}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
    body{margin:0;background:var(--ground);color:var(--ink);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    header,main,footer{max-width:1120px;margin:0 auto;padding:0 20px}
    header{padding-top:36px}
    h1{font-size:1.9rem;line-height:1.2;margin:0 0 6px;overflow-wrap:anywhere}
    header p{margin:0 0 14px;color:var(--soft)}
    nav{display:flex;flex-wrap:wrap;gap:4px 18px;padding:10px 0;border-block:1px solid var(--rule)}
    a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
    section{padding-top:14px}
    h2{font-size:1.3rem;margin:26px 0 10px}h3{font-size:1rem;margin:22px 0 6px}
    p{max-width:76ch;margin:8px 0;overflow-wrap:anywhere}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0}
    .facts div{background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:10px 14px}
    .facts dt{font-size:.8rem;color:var(--soft)}
    .facts dd{margin:2px 0 0;font-size:1.15rem;font-weight:600;overflow-wrap:anywhere;
    font-variant-numeric:tabular-nums}
    .absent{border-left:3px solid var(--warn);background:var(--warn-ground);padding:8px 14px}
    .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));gap:18px}
    .drawings{display:flex;flex-wrap:wrap;gap:18px;align-items:flex-start}
    .drawings figure{max-width:100%}
    figure{margin:8px 0;min-width:0;border:1px solid var(--rule);border-radius:8px;overflow:hidden}
    .figures svg{display:block;width:100%;height:auto}
    .drawings svg{display:block;margin:0 auto}
    figcaption{font-size:.86rem;color:var(--soft);padding:8px 14px;border-top:1px solid var(--rule)}
    .drawings figcaption{contain:inline-size;overflow-wrap:anywhere}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-size:.88rem;margin:10px 0;font-variant-numeric:tabular-nums}
    caption{text-align:left;font-weight:600;padding:4px 0;width:100%}
    th,td{padding:5px 12px 5px 0;text-align:left;white-space:nowrap;border-bottom:1px solid var(--rule)}
    thead th{font-size:.8rem;color:var(--soft);font-weight:600}
    tbody th{font-weight:400}
    .number{text-align:right}
    code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
    font-size:.84rem}
    pre{background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:12px 14px;
    overflow-x:auto;margin:6px 0;line-height:1.45}
    footer{color:var(--soft);font-size:.86rem;padding-top:18px;padding-bottom:36px}
    @media (max-width:560px){header,main,footer{padding-inline:14px}header{padding-top:20px}
    h1{font-size:1.5rem}.facts{grid-template-columns:1fr 1fr}}
    @media print{body{font-size:10pt}nav{display:none}header{padding-top:0}
    header,main,footer{max-width:none;padding-inline:0}
    figure,tr,.facts div{break-inside:avoid}h2,h3,caption{break-after:avoid}
    .figures{grid-template-columns:1fr 1fr}.scroll{overflow:visible}
    table{font-size:7.5pt}th,td{white-space:normal;padding-right:6px}
    pre{white-space:pre-wrap;overflow-wrap:anywhere}.drawings svg{max-width:100%;height:auto}}
    """
}
