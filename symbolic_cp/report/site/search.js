// Narrow the list of statements to those whose id, title or symbols hold every word that is typed.
const box = document.getElementById("search");
if (box) {
  box.hidden = false;
  const rows = [...document.querySelectorAll("[data-search]")];
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.search.includes(word));
  });
}
