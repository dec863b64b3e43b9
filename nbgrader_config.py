"""nbgrader's settings for this course: where things are, and who grades.

nbgrader reads this file when it is started in this folder; formgrader, when JupyterLab is.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# nbgrader runs `alembic`, which stands beside the Python of a virtual environment.
PROGRAMS = str(Path(sys.executable).parent)
if os.environ.get("PATH", "").split(os.pathsep)[0] != PROGRAMS:
    os.environ["PATH"] = os.pathsep.join([PROGRAMS, os.environ.get("PATH", "")])

c = get_config()  # noqa: F821 - nbgrader gives it to this file

c.CourseDirectory.course_id = "backprop-by-hand"
c.CourseDirectory.root = str(HERE)

# `autograder build` makes both of solutions/.
c.CourseDirectory.source_directory = "build/source"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"

# Autograding is done by this project's grader; nbgrader's own would run what students
# wrote in this process, and believe what it prints.
c.Autograde.exporter_class = "autograder.nbgrader_bridge.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["autograder.nbgrader_bridge.RestoreCells"]
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_bridge.JudgeSubmission",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# nbgrader would skip a submission that changed without a newer timestamp.txt, and leave
# the old score and page. The grader finds by itself what it has judged already.
c.Autograde.force = True
c.GenerateFeedback.force = True
