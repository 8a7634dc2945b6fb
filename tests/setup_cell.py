import sys
from pathlib import Path

here = Path.cwd()
mark = "helpers/exercises/lesson_00.py"
course = next((folder for folder in (here, *here.parents) if (folder / mark).is_file()), None)
if course is None:
    raise ImportError("This notebook is outside the course: open it in the course's own folder.")
sys.path.insert(0, str(course))

from helpers import check, data, measure, show, train

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
