import { ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem, sentence } from '@/api/problems'

/** The picture that is measured: the latest one, another one uploaded, or a new one from the stream. */
export function usePicture(cameraId: number) {
  const params = { path: { camera_id: cameraId } }
  const shown = shallowRef<Schema['PictureOut'] | null>(null)
  const looked = ref(false)
  const busy = ref(false)
  const failure = ref('')

  async function attempt(action: () => Promise<Schema['PictureOut']>): Promise<void> {
    busy.value = true
    failure.value = ''
    try {
      shown.value = await action()
    } catch (problem) {
      // a camera without a picture is no failure: the page says what to do
      if (!(problem instanceof Problem && problem.slug === 'camera-picture-missing')) failure.value = sentence(problem)
    } finally {
      busy.value = false
      looked.value = true
    }
  }
  const look = (): Promise<void> => attempt(() => data(api.GET('/api/v1/cameras/{camera_id}/picture.json', { params })))
  const grab = (): Promise<void> => attempt(async () => (await data<Schema['StreamTestOut']>(api.POST('/api/v1/cameras/{camera_id}/test', { params }))).picture)
  const upload = (file: File): Promise<void> =>
    attempt(() => {
      const body = new FormData()
      body.append('file', file)
      return data(api.POST('/api/v1/cameras/{camera_id}/picture', { params, body: body as never, bodySerializer: (form: unknown) => form as FormData }))
    })
  const address = (): string => (shown.value ? `/api/v1/cameras/${cameraId}/picture?v=${shown.value.id}` : '')
  return { shown, looked, busy, failure, look, grab, upload, address }
}
