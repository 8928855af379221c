/** MapLibre's own words in the interface's language. */
export function mapWords(locale: 'zh' | 'en'): Record<string, string> {
  if (locale === 'en') return { 'Map.Title': 'Map' }
  return {
    'Map.Title': '地图',
    'NavigationControl.ZoomIn': '放大',
    'NavigationControl.ZoomOut': '缩小',
    'AttributionControl.ToggleAttribution': '显示或隐藏版权信息',
    'ScaleControl.Meters': '米',
    'ScaleControl.Kilometers': '公里',
  }
}
