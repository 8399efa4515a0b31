const blank = document.querySelector("[data-own-blank]");

document.querySelector("[data-own-more]")?.addEventListener("click", () => {
  const another = blank.cloneNode(true);
  for (const input of another.querySelectorAll("input")) input.value = "";
  document.querySelector("[data-own-values]").insertBefore(another, document.querySelector("[data-own-more]").parentNode);
  another.querySelector("input").focus();
});
