// Before the page is drawn: the places of its charts stand open from the beginning.
document.documentElement.classList.add("scripted");
// The policy refuses style attributes written as text; the same set property by property is allowed.
(() => {
  const set = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else set.call(this, name, value);
  };
})();
