declare module 'virtual:land' {
  const land: GeoJSON.FeatureCollection
  export default land
}
