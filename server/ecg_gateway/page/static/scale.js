// True scale: browsers take a millimetre for 3.78 pixels, whatever the screen. A bank card tells how long it really is.

import { byId } from "./dom.js";

const KEY = "ecg-millimetre";
const CARD_MM = 85.6;
const LEVELS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

let zoom = 1;
let millimetre = 1;

try {
  const kept = Number(localStorage.getItem(KEY));
  if (kept > 0.3 && kept < 3) millimetre = kept;
} catch { /* A browser that keeps nothing: the screen is measured anew. */ }

export const currentZoom = () => zoom;

export function setZoom(level, changed) {
  zoom = Math.min(Math.max(level, LEVELS[0]), LEVELS.at(-1));
  apply();
  changed?.();
}

export const stepZoom = (steps, changed) => {
  const next = steps > 0 ? LEVELS.find((level) => level > zoom * 1.01) : LEVELS.findLast((level) => level < zoom * 0.99);
  setZoom(next ?? zoom, changed);
};

// The zoom at which a paper of so many millimetres is as wide as a place of so many pixels.
export const zoomToFit = (pixels, widthMm) => pixels / (widthMm * millimetre * 96 / 25.4);

export const scaleText = () => {
  const speed = `${Number((25 * zoom).toFixed(1))} mm/s · ${Number((10 * zoom).toFixed(1))} mm/mV`;
  return Math.abs(zoom - 1) < 0.001 ? `${speed} · true scale` : `${speed} · ${Math.round(100 * zoom)} %`;
};

function apply() {
  document.documentElement.style.setProperty("--millimetre", millimetre);
  document.documentElement.style.setProperty("--zoom", zoom);
}

// A dialog with a bar that is to be as wide as a bank card.
export function wireCalibration(changed) {
  const [dialog, slider, bar] = [byId("calibration"), byId("card-width"), byId("card-bar")];
  const show = () => {
    bar.style.setProperty("--card", Number(slider.value));
    slider.setAttribute("aria-valuetext", `${Math.round(100 * slider.value)} % of what the browser takes for ${CARD_MM} mm`);
  };
  slider.addEventListener("input", show);
  byId("calibrate").addEventListener("click", () => {
    slider.value = millimetre;
    show();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "keep") return;
    millimetre = Number(slider.value);
    try { localStorage.setItem(KEY, millimetre); } catch { /* Likewise. */ }
    apply();
    changed();
  });
  apply();
}
