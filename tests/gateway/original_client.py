"""The client of the original web service, as its users have it: python original_client.py [URL [DATA]]."""

import sys

import numpy as np
import requests

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
data = np.load(sys.argv[2] if len(sys.argv) > 2 else "data.npz")
classes = ["NORM", "MI", "STTC", "CD", "HYP"]

print(requests.post(f"{url}/model-summary", timeout=60).text)
for X, Y, Z in zip(data["X_test"], data["Y_test"], data["Z_test"], strict=True):
    prediction = requests.post(f"{url}/predict", json={"X": X.tolist(), "Y": Y.tolist()}, timeout=60).json()
    print("target:", [name for name, z in zip(classes, Z, strict=True) if z == 1])
    print("predicted:", [name for name in classes if prediction[name] >= 0.5], prediction)
