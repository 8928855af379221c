import Hls from 'hls.js/light'
import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue'
import { api, data, type Schema } from '@/api/client'

export type Playing = 'waiting' | 'playing' | 'failed'

/** One viewing of one camera: begun when shown, ended when gone, begun anew when the picture breaks off. */
export function useViewing(cameraId: number, video: Ref<HTMLVideoElement | null>, grid: boolean) {
  const state = ref<Playing>('waiting')
  const error = shallowRef<unknown>(null)
  let viewing: Schema['ViewingOut'] | null = null
  let hls: Hls | null = null
  let gone = false

  async function play(): Promise<void> {
    stop()
    state.value = 'waiting'
    error.value = null
    try {
      viewing = await data<Schema['ViewingOut']>(api.POST('/api/v1/video/sessions', { body: { camera_id: cameraId } }))
      const address = viewing.url + (grid ? '&grid=true' : '')
      // asked for once by hand: the server says in a sentence what a player only calls a network error
      await refusal(address)
      if (gone || !video.value) return end()
      attach(video.value, address)
    } catch (problem) {
      error.value = problem
      state.value = 'failed'
    }
  }
  function attach(element: HTMLVideoElement, address: string): void {
    if (!Hls.isSupported()) {
      element.src = address
      return
    }
    hls = new Hls({ liveSyncDurationCount: 2, maxBufferLength: 8, backBufferLength: 10 })
    hls.on(Hls.Events.ERROR, (_, fault) => {
      if (!fault.fatal) return
      if (fault.type === Hls.ErrorTypes.MEDIA_ERROR) hls?.recoverMediaError()
      else state.value = 'failed'
    })
    hls.loadSource(address)
    hls.attachMedia(element)
  }
  async function refusal(address: string): Promise<void> {
    const path = new URL(address, location.origin)
    await api.GET('/api/v1/video/sessions/{session_id}/index.m3u8', {
      params: { path: { session_id: viewing?.id ?? 0 }, query: { ticket: path.searchParams.get('ticket') ?? '', grid } },
      parseAs: 'text',
    })
  }
  function stop(): void {
    hls?.destroy()
    hls = null
    end()
  }
  function end(): void {
    if (viewing) void api.DELETE('/api/v1/video/sessions/{session_id}', { params: { path: { session_id: viewing.id } } }).catch(() => undefined)
    viewing = null
  }
  const shown = (): void => void (state.value = 'playing')
  onMounted(play)
  onBeforeUnmount(() => {
    gone = true
    stop()
  })
  return { state, error, play, shown }
}
