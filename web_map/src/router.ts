import { createRouter, createWebHistory } from 'vue-router'
import { whenSignedOut } from './api/client'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The permission a page needs; the navigation shows only what one may open. */
    needs?: string
    /** The page of the menu it belongs to, where the address does not say. */
    menu?: string
    open?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/console' },
    { path: '/sign-in', component: () => import('./features/session/SignInPage.vue'), meta: { open: true } },
    { path: '/screen', name: 'screen', component: () => import('./screen/ScreenPage.vue'), meta: { needs: 'read_sites' } },
    {
      path: '/console',
      component: () => import('./console/ConsoleShell.vue'),
      children: [
        { path: '', redirect: () => homeOf() },
        { path: 'sites', name: 'sites', component: () => import('./features/sites/SitesPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'sites/:id(\\d+)', name: 'site', component: () => import('./features/sites/SitesPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'sites/:id(\\d+)/plot', name: 'plot', component: () => import('./features/plotting/PlottingPage.vue'), meta: { needs: 'plot' } },
        { path: 'sites/:id(\\d+)/review', name: 'review', component: () => import('./features/review/PlotReviewPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'cameras', name: 'cameras', component: () => import('./features/cameras/CamerasPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'cameras/:id(\\d+)', name: 'camera', component: () => import('./features/cameras/CamerasPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'cameras/:id(\\d+)/aim', name: 'camera-aim', component: () => import('./features/cameras/aim/AimPage.vue'), meta: { needs: 'aim_camera' } },
        { path: 'sites/:id(\\d+)/coverage', name: 'site-coverage', component: () => import('./features/coverage/CoveragePage.vue'), meta: { needs: 'read_sites', menu: 'coverage' } },
        { path: 'coverage', name: 'coverage', component: () => import('./features/coverage/CityCoveragePage.vue'), meta: { needs: 'read_sites' } },
        { path: 'catalogue', name: 'catalogue', component: () => import('./features/catalogue/CataloguePage.vue'), meta: { needs: 'read_catalogue', menu: 'coverage' } },
        { path: 'sites/:id(\\d+)/placement', name: 'placement', component: () => import('./features/plans/PlacementPage.vue'), meta: { needs: 'read_sites', menu: 'coverage' } },
        { path: 'sites/:id(\\d+)/plans', name: 'plans', component: () => import('./features/plans/PlansPage.vue'), meta: { needs: 'read_sites', menu: 'coverage' } },
        { path: 'sites/:id(\\d+)/plans/:number(\\d+)', name: 'plan', component: () => import('./features/plans/PlanPage.vue'), meta: { needs: 'read_sites', menu: 'coverage' } },
        { path: 'cameras/:id(\\d+)/calibration', name: 'camera-calibration', component: () => import('./features/cameras/calibration/CalibrationPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'incidents', name: 'incidents', component: () => import('./features/incidents/IncidentsPage.vue'), meta: { needs: 'read_incidents' } },
        { path: 'incidents/:id(\\d+)', name: 'incident', component: () => import('./features/incidents/IncidentsPage.vue'), meta: { needs: 'read_incidents' } },
        { path: 'video', name: 'video', component: () => import('./features/video/VideoPage.vue'), meta: { needs: 'watch_video' } },
        { path: 'devices', name: 'devices', component: () => import('./features/devices/DevicesPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'devices/:id(\\d+)', name: 'device', component: () => import('./features/devices/DevicesPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'openings', name: 'openings', component: () => import('./features/openings/OpeningsPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'openings/new', name: 'opening-new', component: () => import('./features/openings/OpeningForm.vue'), meta: { needs: 'open_site' } },
        { path: 'openings/:id(\\d+)', name: 'opening', component: () => import('./features/openings/OpeningPage.vue'), meta: { needs: 'read_sites' } },
        { path: 'progress', name: 'progress', component: () => import('./features/progress/ProgressPage.vue'), meta: { needs: 'read_progress' } },
        { path: 'queue', name: 'queue', component: () => import('./features/review/QueuePage.vue'), meta: { needs: 'review_plot' } },
        { path: 'reports', name: 'reports', component: () => import('./features/reports/ReportsPage.vue'), meta: { needs: 'make_report' } },
        { path: 'users', name: 'users', component: () => import('./features/access/UsersPage.vue'), meta: { needs: 'read_users' } },
        { path: 'users/:id(\\d+)', name: 'user', component: () => import('./features/access/UserPage.vue'), meta: { needs: 'read_users' } },
        { path: 'organisations', name: 'organisations', component: () => import('./features/access/OrganisationsPage.vue'), meta: { needs: 'read_organisations' } },
        { path: 'keys', name: 'keys', component: () => import('./features/access/KeysPage.vue'), meta: { needs: 'manage_api_keys' } },
        { path: 'audit', name: 'audit', component: () => import('./features/access/AuditPage.vue'), meta: { needs: 'read_audit' } },
      ],
    },
    { path: '/:rest(.*)*', component: () => import('./console/NotFoundPage.vue'), meta: { open: true } },
  ],
})

/** The first page somebody may open. */
function homeOf(): { name: string } {
  const session = useSession()
  const first = ['sites', 'users', 'audit', 'organisations'].find((name) => {
    const needs = router.getRoutes().find((route) => route.name === name)?.meta.needs
    return !needs || session.may(needs)
  })
  return { name: first ?? 'sites' }
}

router.beforeEach(async (to) => {
  const session = useSession()
  await session.restore()
  // a key that is refused leads to the sign-in page, which says more than an empty wall
  if (!session.user && to.name === 'screen' && to.query.token) await session.openWall(String(to.query.token)).catch(() => undefined)
  if (!session.user && !to.meta.open) return { path: '/sign-in', query: { next: to.fullPath } }
  if (session.session?.must_change_password && to.path !== '/sign-in') return { path: '/sign-in', query: { next: to.fullPath } }
  return true
})

whenSignedOut(() => {
  const session = useSession()
  if (!session.user) return
  session.take(null)
  const { name, query } = router.currentRoute.value
  if (name === 'screen' && query.token) {
    void session.openWall(String(query.token)).catch(() => undefined)
    return
  }
  void router.push({ path: '/sign-in', query: { next: router.currentRoute.value.fullPath, ended: '1' } })
})
