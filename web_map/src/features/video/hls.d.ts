/** The light build is the same library without subtitles and alternative sound; it brings no types of its own. */
declare module 'hls.js/light' {
  export * from 'hls.js'
  export { default } from 'hls.js'
}
