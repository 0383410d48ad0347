"""The Python interface from its docstrings, for the proof book.

Main name: api_page.
"""

from __future__ import annotations

import inspect
from html import escape


def api_page() -> list[str]:
    """Every public name of the package with its signature and docstring, and the public methods of classes."""
    import symbolic_cp

    body = [
        "<h1>Python</h1>",
        "<p><code>import symbolic_cp as cp</code>. Everything here is taken from the docstrings.</p>",
    ]
    for name in sorted(symbolic_cp.__all__):
        thing = getattr(symbolic_cp, name)
        body += _entry(f"cp.{name}", thing, "h2")
        if inspect.isclass(thing):
            for label, member in inspect.getmembers(thing):
                public = not label.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
                if public and inspect.getdoc(member):
                    body += _entry(f"{name}.{label}", member, "h3")
    return body


def _entry(name: str, thing: object, tag: str) -> list[str]:
    said = inspect.getdoc(thing) or ""
    try:
        signature = str(inspect.signature(thing)) if callable(thing) else ""
    except (TypeError, ValueError):
        signature = ""
    head = f'<{tag} id="{escape(name)}"><code>{escape(name + signature)}</code></{tag}>'
    return [head, f"<pre>{escape(said)}</pre>" if said else ""]
