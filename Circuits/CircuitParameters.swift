import Arguments
package import Model

/// All constants the step circuits depend on; they belong to the key.
package struct CircuitParameters: Equatable, Sendable {
  /// The shape of the model.
  package let configuration: ModelConfiguration
  /// The constants of its integer program.
  package let quantization: QuantizationParameters
  /// The longest text, prompt included, in 2...positions.
  package let maxTokens: Int
  /// log2 of the number of digits each step keeps for the recursion.
  package let limbsLog: Int
  /// The rounded real functions, derived from configuration and constants.
  package let functions: Model.LookupTables

  /// The constants of a model's circuits; throws `parameterOutOfRange` or what the model finds inconsistent.
  package init(
    configuration: ModelConfiguration, quantization: QuantizationParameters, maxTokens: Int, limbsLog: Int
  ) throws {
    try configuration.validate()
    try quantization.validate(for: configuration)
    func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      if !range.contains(value) {
        throw CircuitError.parameterOutOfRange(name: name, found: value, expected: range)
      }
    }
    try check("positions", quantization.positions, 2...1 << 20)
    try check("maxTokens", maxTokens, 2...quantization.positions)
    try check("limbsLog", limbsLog, 0...30)
    self.configuration = configuration
    self.quantization = quantization
    self.maxTokens = maxTokens
    self.limbsLog = limbsLog
    self.functions = try Model.LookupTables(configuration: configuration, parameters: quantization)
  }

  /// The number of bits of a token id: the smallest b with V <= 2^b.
  package var tokenBits: Int { vocabulary.logSize }

  /// The width in bits of numbers that are made of whole digits and hold `bits` bits.
  func wholeDigits(_ bits: Int) -> Int {
    (bits + quantization.digitBits - 1) / quantization.digitBits * quantization.digitBits
  }
}

// The names of the indices; products and relations match them by name.
extension CircuitParameters {
  /// Positions t of the text, a power of two.
  var position: Axis { Axis("position", quantization.positions) }
  /// Hidden channels c.
  var channel: Axis { Axis("channel", configuration.hiddenSize) }
  /// Key/value heads g.
  var group: Axis { Axis("group", configuration.keyValueHeads) }
  /// Query heads m of one key/value head.
  var member: Axis { Axis("member", configuration.members) }
  /// The halves s of a head.
  var half: Axis { Axis("half", 2) }
  /// Channels p of half a head.
  var pair: Axis { Axis("pair", configuration.halfHead) }
  /// Positions i that look.
  var query: Axis { Axis("query", quantization.positions) }
  /// Positions j that are looked at.
  var key: Axis { Axis("key", quantization.positions) }
  /// Feed-forward channels f.
  var intermediate: Axis { Axis("intermediate", configuration.intermediateSize) }
  /// Vocabulary entries v.
  var vocabulary: Axis { Axis("vocabulary", configuration.vocabularySize) }
  /// Digits kept for the recursion.
  var limb: Axis { Axis("limb", 1 << limbsLog) }
  /// Pairs with key <= query.
  var causal: Domain { .causal(query: "query", key: "key") }
}
