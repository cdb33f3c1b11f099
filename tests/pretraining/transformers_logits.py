"""What transformers makes of a folder: python transformers_logits.py FOLDER WORK, with WORK/ids.npy; wants torch."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForMaskedLM

folder, work = sys.argv[1], Path(sys.argv[2])
model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
ids = np.load(work / "ids.npy")
with torch.no_grad():
    made = model(torch.tensor(ids).long(), attention_mask=torch.tensor(ids > 0).long())
np.save(work / "logits.npy", made.logits.numpy())
