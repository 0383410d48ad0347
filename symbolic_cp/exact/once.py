"""Properties that are computed once: `functools.cached_property` as it is from Python 3.12 on, without its lock.

Main name: cached_property. In Python 3.11 the lock costs more than a product of small matrices, each time something is
asked for first. What is computed twice by two threads is the same both times, as nothing here is changed once made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

__all__ = ["cached_property"]

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:  # noqa: N801 - the name that it stands for
        """A method without arguments whose value is kept in the instance, under the method's name.

        >>> class Number:
        ...     @cached_property
        ...     def square(self):
        ...         print("computed")
        ...         return 4
        >>> number = Number()
        >>> number.square, number.square, vars(number)
        computed
        (4, 4, {'square': 4})
        """

        def __init__(self, method: Callable[[object], object]) -> None:
            self.method = method
            self.name = method.__name__
            self.__doc__ = method.__doc__

        def __get__(self, instance: object, owner: type | None = None) -> object:
            if instance is None:
                return self
            value = vars(instance)[self.name] = self.method(instance)
            return value
