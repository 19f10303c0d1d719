declare module '*.scss';
declare module '*.md?raw' {
  const text: string;
  export default text;
}
