// The file field takes files that are dropped on it by itself. This shows that it would, and tells of a file that is
// too large before it is sent.
for (const field of document.querySelectorAll("input.drop")) {
  const mark = (isOver) => field.classList.toggle("over", isOver);
  field.addEventListener("dragenter", () => mark(true));
  for (const name of ["dragleave", "dragend", "drop"]) field.addEventListener(name, () => mark(false));
  field.addEventListener("change", () => {
    const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
    field.setCustomValidity(size > Number(field.dataset.limit) ? field.dataset.tooLarge : "");
    field.reportValidity();
  });
}
