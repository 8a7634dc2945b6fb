import sys
from pathlib import Path

here = Path.cwd()
sys.path.insert(0, str(next((p for p in here.parents if (p / "helpers").is_dir()), here)))

from helpers import check, data, measure, show, train

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
