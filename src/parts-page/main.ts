/** Entry of /parts.html, a page for developers that `npm run dev` serves; it is not in the built app. */
import '@fontsource-variable/atkinson-hyperlegible-next';
import '@fontsource-variable/atkinson-hyperlegible-mono';
import '../app.css';
import { mount } from 'svelte';
import PartsPage from './PartsPage.svelte';

const target = document.getElementById('parts');
if (target) mount(PartsPage, { target });
