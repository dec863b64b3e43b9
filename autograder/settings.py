"""What ``nbgrader_config.py`` sets, read without importing nbgrader."""

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import Course


def read_settings(course: Course) -> Config:
    """What ``nbgrader_config.py`` sets."""
    loader = PyFileConfigLoader(course.config.name, path=str(course.config.parent))
    settings: Config = loader.load_config()
    return settings


def other_database(course: Course) -> str | None:
    """The database that is set in the place of ``gradebook.db``, if there is one.

    A class in a folder of its own has a gradebook of its own.
    """
    configured = read_settings(course).CourseDirectory.get("db_url")
    return str(configured) if configured and course.class_root == course.root else None
