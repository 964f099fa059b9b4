/// The architectures that are the same computation as a LLaMA, and what their files say differently.
///
/// Mistral may look back over a window only: texts longer than the window are not a LLaMA, so the window bounds the
/// positions. Qwen2 adds biases to query, key and value, and a LLaMA may add them to all four projections of attention.
enum ModelFamily: String, CaseIterable {
  /// LLaMA, all generations.
  case llama
  /// Mistral, dense models.
  case mistral
  /// Qwen2 and Qwen2.5, dense models.
  case qwen2

  /// The name under `architectures`.
  var architecture: String {
    switch self {
    case .llama: return "LlamaForCausalLM"
    case .mistral: return "MistralForCausalLM"
    case .qwen2: return "Qwen2ForCausalLM"
    }
  }

  /// Key/value heads of a file that does not say, if that is as many as query heads.
  var defaultsToOneKeyPerQuery: Bool { self == .llama }

  /// The projections that have biases, if any; `attentionBias` is what the file says, which Qwen2 does not ask.
  func biasedProjections(attentionBias: Bool) -> BiasedProjections? {
    switch self {
    case .llama: return attentionBias ? .all : nil
    case .mistral: return nil
    case .qwen2: return .queryKeyValue
    }
  }

  /// The window that attention looks back over, or nil for all positions.
  ///
  /// - Parameters:
  ///   - window: `sliding_window`; nil if null.
  ///   - isGiven: whether the file has that field at all.
  ///   - isUsed: `use_sliding_window`.
  func slidingWindow(_ window: Int?, isGiven: Bool, isUsed: Bool?) -> Int? {
    switch self {
    case .llama: return nil
    case .mistral: return isGiven ? window : 4096
    case .qwen2: return isUsed == true ? window ?? 4096 : nil
    }
  }
}
