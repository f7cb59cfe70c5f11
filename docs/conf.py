"""How Sphinx builds the documents: `make docs`.

The source folder is the root of the repository, so that a link between README, docs, model cards and the data card leads
to the same file here, on a code host and in an editor.
"""

import sys
from pathlib import Path

import cx_nlp

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "cx_nlp"
author = "The cx_nlp authors"
project_copyright = "The cx_nlp authors, Apache-2.0"
version = release = cx_nlp.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "made_pages", "notebook_pages"]
root_doc = "docs/index"
include_patterns = [
    "CHANGELOG.md",
    "benchmarks/README.md",
    "data/README.md",
    "docs/**.md",
    "models/*/README.md",
    "notebooks/*.ipynb",
]
exclude_patterns = [".*", "build", "cx_nlp", "demo-report", "dist", "tests", "*.egg-info", "models/encoder"]

# As code hosts make the anchors of headings.
myst_heading_anchors = 4

autodoc_typehints = "none"
autodoc_member_order = "bysource"
# Made by scikit-learn on every estimator, with links into its own documents.
autodoc_default_options = {
    "exclude-members": "set_fit_request, set_predict_request, set_predict_proba_request, set_score_request"
}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = "cx_nlp"
templates_path = ["_templates"]
# The tree of pages begins under docs/; this leads there from the folder's own index.html.
html_additional_pages = {"index": "to_docs.html"}
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"docs/index": []}
html_theme_options = {
    "logo": {"text": "cx_nlp"},
    "navigation_with_keys": False,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
}
