/** Charts as files, always in the colours of the light theme: files are for paper and for other pages. */
import { svgFile } from './chart-file';
import type { Drawing } from './drawing';

/** Pixels per unit of the drawing, for print. */
const SCALE = 2;

export const chartSvg = (drawing: Drawing): Blob =>
  new Blob([chartMarkup(drawing)], { type: 'image/svg+xml' });

/** As `svgFile` writes it. */
export function chartMarkup(drawing: Drawing, id?: string): string {
  const light = document.createElement('i');
  light.dataset['theme'] = 'light';
  document.body.append(light);
  const style = getComputedStyle(light);
  const text = svgFile(drawing, (role) => style.getPropertyValue(`--color-${role}`).trim(), id);
  light.remove();
  return text;
}

/** @throws where the browser cannot draw it */
export async function chartPng(drawing: Drawing): Promise<Blob> {
  const url = URL.createObjectURL(chartSvg(drawing));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(drawing.width) * SCALE;
    canvas.height = Math.ceil(drawing.height) * SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
