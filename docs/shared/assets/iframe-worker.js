/* The search runs in a hidden frame: a page opened from a folder may not start workers, and
   a frame lets us mend how the search reads Chinese. */
(function () {
  const QUERY = 2;
  // Chinese has no spaces: each character is a word, and all of them must be there.
  const words = (text) =>
    text.includes('"') ? text : text.replace(/\p{sc=Han}/gu, " +$& ").replace(/ {2,}/g, " ");
  // Nodes of its tree of words are told apart by text in which a digit of a word and the number
  // of a node run together: words appear that are in no page, and the search ends in an error.
  const mend = (lunr) => {
    lunr.TokenSet.prototype.toString = function () {
      if (this._str) return this._str;
      const edges = Object.keys(this.edges).sort();
      return (this.final ? "1" : "0") + edges.map((one) => `${one}${this.edges[one].id},`).join("");
    };
  };
  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inner = frame.contentWindow;
      inner.IFrameWorker = FrameWorker;
      inner.importScripts = async (...urls) => {
        for (const one of urls) await FrameWorker.load(inner, one);
      };
      // What the search says goes to this page; what this page says goes to the search.
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.inner = inner;
      FrameWorker.load(inner, url).then(() => {
        if (inner.lunr) mend(inner.lunr);
        const waiting = this.waiting;
        this.waiting = null;
        waiting.forEach((data) => this.postMessage(data));
      });
    }
    static load(inner, url) {
      return new Promise((resolve, reject) => {
        const script = inner.document.createElement("script");
        script.src = url;
        script.onload = resolve;
        script.onerror = reject;
        inner.document.head.append(script);
      });
    }
    postMessage(data) {
      if (this.waiting) {
        this.waiting.push(data);
        return;
      }
      const asked = data.type === QUERY ? { ...data, data: words(data.data) } : data;
      this.inner.dispatchEvent(new MessageEvent("message", { data: asked }));
    }
    terminate() {}
  }
  window.Worker = FrameWorker;
})();
