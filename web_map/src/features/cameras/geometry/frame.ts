import type { Position } from 'geojson'
import type { Point } from './shapes'

/** GRS 80, the ellipsoid of CGCS2000. */
const A = 6_378_137
const F = 1 / 298.257222101
const E2 = F * (2 - F)
const EP2 = E2 / (1 - E2)
const RAD = Math.PI / 180

/** Length of the meridian from the equator, metres (Snyder 3-21). */
function meridian(phi: number): number {
  const [e4, e6] = [E2 * E2, E2 * E2 * E2]
  return A * (
    (1 - E2 / 4 - (3 * e4) / 64 - (5 * e6) / 256) * phi - ((3 * E2) / 8 + (3 * e4) / 32 + (45 * e6) / 1024) * Math.sin(2 * phi)
    + ((15 * e4) / 256 + (45 * e6) / 1024) * Math.sin(4 * phi) - ((35 * e6) / 3072) * Math.sin(6 * phi)
  )
}

/**
 * The site frame of the server, transverse Mercator about the site's centre: metres east and north. The series is cut after the
 * fifth order, which is less than a millimetre within 2 km.
 */
export class SiteFrame {
  private readonly meridianOrigin: number

  constructor(readonly lon: number, readonly lat: number) {
    this.meridianOrigin = meridian(lat * RAD)
  }

  toLocal([lon = 0, lat = 0]: Position): Point {
    const phi = lat * RAD
    const [sin, cos, tan] = [Math.sin(phi), Math.cos(phi), Math.tan(phi)]
    const n = A / Math.sqrt(1 - E2 * sin * sin)
    const [t, c, a] = [tan * tan, EP2 * cos * cos, (lon - this.lon) * RAD * cos]
    const x = n * (a + ((1 - t + c) * a ** 3) / 6 + ((5 - 18 * t + t * t + 72 * c - 58 * EP2) * a ** 5) / 120)
    const y = meridian(phi) - this.meridianOrigin + n * tan * ((a * a) / 2 + ((5 - t + 9 * c + 4 * c * c) * a ** 4) / 24)
    return [x, y]
  }

  /** The inverse: corrected until it maps back to the place, which takes three or four rounds. */
  toLonLat([x, y]: Point): [number, number] {
    const sin = Math.sin(this.lat * RAD)
    const square = 1 - E2 * sin * sin
    const perLon = (A / Math.sqrt(square)) * Math.cos(this.lat * RAD) * RAD
    const perLat = ((A * (1 - E2)) / square ** 1.5) * RAD
    let [lon, lat] = [this.lon + x / perLon, this.lat + y / perLat]
    for (let round = 0; round < 8; round += 1) {
      const [gotX, gotY] = this.toLocal([lon, lat])
      if (Math.hypot(x - gotX, y - gotY) < 1e-6) break
      lon += (x - gotX) / perLon
      lat += (y - gotY) / perLat
    }
    return [lon, lat]
  }
}

/** Central meridians of the two zones that the city straddles. */
const CENTRAL_MERIDIANS = [120, 123]

/** Angle from true north to grid north at a place of its 3-degree zone, clockwise positive, degrees (Krüger's series). */
export function convergenceDeg([lon = 0, lat = 0]: Position): number {
  const central = CENTRAL_MERIDIANS.reduce((best, one) => (Math.abs(lon - one) < Math.abs(lon - best) ? one : best))
  const [away, phi] = [(lon - central) * RAD, lat * RAD]
  const eta = EP2 * Math.cos(phi) ** 2
  const cubic = (away ** 3 / 3) * Math.sin(phi) * Math.cos(phi) ** 2 * (1 + 3 * eta + 2 * eta * eta)
  return (away * Math.sin(phi) + cubic) / RAD
}
