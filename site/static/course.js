/* What is wider than its place can be scrolled by keyboard; what fits is no stop for it. */
const wide =
  ".course-formula, .highlight pre, .cell_output pre, .cell_output .text_html, " +
  ".pst-scrollable-table-container";
function stops() {
  for (const element of document.querySelectorAll(wide)) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
}
addEventListener("load", stops);
addEventListener("resize", stops);
document.addEventListener("toggle", stops, true);
