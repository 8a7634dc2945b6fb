"""Sphinx's settings. ``site/build.py`` calls Sphinx; what the course adds is in ``coursesite``."""

import os

# The address of the course's repository, such as a hosting service's page of it. With it, pages
# lead to its form for reporting mistakes; without it, they say what to report.
course_repository = os.environ.get("COURSE_REPOSITORY", "")

project = "Optimising autoencoders"
html_title = project
language = "en"
extensions = [
    "myst_nb",
    "sphinx_copybutton",
    "coursesite.maths",
    "coursesite.figures",
    "coursesite.furniture",
]
templates_path = ["templates"]

nb_execution_mode = "off"
nb_ipywidgets_js = {}  # two scripts of a CDN otherwise
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

html_theme = "pydata_sphinx_theme"
html_math_renderer = "katex"
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_favicon = "static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_permalinks_icon = "#"
html_context = {"default_mode": "auto"}
html_sidebars = {"**": ["course-nav"]}
html_theme_options = {
    "logo": {"text": project},
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    "article_header_start": [],
    "article_footer_items": ["course-tools"],
    "secondary_sidebar_items": ["page-toc", "course-downloads"],
    "footer_start": ["course-footer"],
    "footer_end": [],
    "search_bar_text": "Search the course",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copybutton_exclude = ".linenos, .gp, .go"
