/* ---- what the page opens with, where whoever wrote it chose ---- */

if (data.meta.open) ask(data.meta.open);
