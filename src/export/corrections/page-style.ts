/** How a page of tasks for an expert looks: on any screen, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
}
* {
  box-sizing: border-box;
}
body {
  margin: 0 auto;
  max-width: 52rem;
  padding: 1.5rem 1rem 6rem;
  font:
    16px/1.5 system-ui,
    sans-serif;
  overflow-wrap: anywhere;
  color: light-dark(#15181c, #eceef0);
  background: light-dark(#fff, #15181c);
}
h1 {
  font-size: 1.5rem;
  line-height: 1.2;
  margin: 0 0 0.5rem;
}
h2 {
  font-size: 0.875rem;
  font-weight: 600;
  margin: 0;
}
main:focus {
  outline: none;
}
article {
  display: grid;
  gap: 0.5rem;
  padding: 1rem 0;
  border-top: 1px solid light-dark(#d5d9de, #3c434b);
}
label span {
  font-size: 0.875rem;
  color: light-dark(#454c55, #b6bdc5);
}
textarea {
  display: block;
  width: 100%;
  padding: 0.5rem 0.75rem;
  resize: vertical;
  field-sizing: content;
}
textarea,
input,
button {
  font: inherit;
  color: inherit;
  background: light-dark(#fff, #1e2328);
  border: 1px solid light-dark(#7a838d, #8a939d);
  border-radius: 0.4rem;
}
.changed textarea {
  border-color: light-dark(#1a5fb4, #78aeed);
  border-width: 2px;
}
.changed span::after {
  content: ' *';
}
nav {
  position: fixed;
  inset: auto 0 0;
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1rem;
  align-items: center;
  justify-content: center;
  padding: 0.5rem 1rem;
  border-top: 1px solid light-dark(#d5d9de, #3c434b);
  background: light-dark(#f5f6f7, #1e2328);
  font-size: 0.9rem;
}
.places {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
  align-items: center;
}
input {
  width: 5rem;
  padding: 0.3rem 0.5rem;
}
button {
  min-height: 2.5rem;
  padding: 0.3rem 0.9rem;
  cursor: pointer;
}
button:disabled {
  opacity: 0.5;
  cursor: default;
}
.primary {
  color: #fff;
  background: #1a5fb4;
  border-color: #1a5fb4;
}
:focus-visible {
  outline: 3px solid light-dark(#1a5fb4, #78aeed);
  outline-offset: 2px;
}
`;
