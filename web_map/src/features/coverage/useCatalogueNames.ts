import { computed, type Ref } from 'vue'
import type { Schema } from '@/api/client'
import { useAppearance } from '@/stores/appearance'

/** Names of elements and scene types in the reader's language; a code that the catalogue no longer has stands for itself. */
export function useCatalogueNames(catalogue: Ref<Schema['CatalogueOut'] | null>) {
  const appearance = useAppearance()
  const table = (entries: { code: string; name_zh: string; name_en: string }[] | undefined): Map<string, string> =>
    new Map((entries ?? []).map((one) => [one.code, appearance.locale === 'zh' ? one.name_zh : one.name_en]))
  const elements = computed(() => table(catalogue.value?.elements))
  const types = computed(() => table(catalogue.value?.scene_types))
  return {
    elementName: (code: string): string => elements.value.get(code) ?? code,
    typeName: (code: string): string => types.value.get(code) ?? code,
  }
}
