/** Charts as files, in the colours of the present theme. */
import { type Drawing, ROLES, svgFile } from './drawing';

/** Pixels per unit of the drawing, for print. */
const SCALE = 2;

export function chartSvg(drawing: Drawing): Blob {
  const style = getComputedStyle(document.documentElement);
  const colours = new Map(ROLES.map((role) => [role, style.getPropertyValue(`--color-${role}`).trim()]));
  return new Blob([svgFile(drawing, colours)], { type: 'image/svg+xml' });
}

export async function chartPng(drawing: Drawing): Promise<Blob> {
  const url = URL.createObjectURL(chartSvg(drawing));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(drawing.width * SCALE);
    canvas.height = Math.round(drawing.height * SCALE);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
