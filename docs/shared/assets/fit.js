/* A formula wider than the page is set smaller, down to where it can still be read; without this
   script, and beyond that, it scrolls in its own box. */
(function () {
  const SMALLEST = 0.64;
  const fit = () => {
    for (const box of document.querySelectorAll("div.arithmatex")) {
      box.style.fontSize = "";
      const { paddingLeft, paddingRight } = getComputedStyle(box);
      const room = box.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      const wide = Math.max(...[...box.children].map((one) => one.getBoundingClientRect().width));
      if (wide > room) box.style.fontSize = `${Math.max(SMALLEST, (room / wide) * 0.99)}em`;
    }
  };
  addEventListener("load", fit);
  addEventListener("resize", fit);
})();
