// The constants as one list, for files and digests.
extension QuantizationParameters {
  /// How many numbers stand for these constants.
  package static let numberCount = 31

  /// All constants in a fixed order, `numberCount` of them. Four are the rotary scaling, its three factors as the bits of
  /// doubles, and are zero if there is none; the last five are zeros, or a kind of model and its four exponents: 1 for a
  /// ternary one, 2 for one with biases of query, key and value (and a zero), 3 if the attention output has one too.
  package var numbers: [Int64] {
    [positions, digitBits, siluBits].map { Int64($0) } + [normEpsilon]
      + [
        residualExponent, normalizedExponent, scoreExponent, weights.embedding, weights.query, weights.key,
        weights.value, weights.output, weights.gate, weights.up, weights.down, weights.head, queryExponent,
        keyExponent, valueExponent, gateExponent, upExponent, hiddenExponent,
      ].map { Int64($0) }
      + (rotaryScaling.map {
        [$0.factor, $0.lowFrequencyFactor, $0.highFrequencyFactor].map { Int64(bitPattern: $0.bitPattern) }
          + [Int64($0.originalPositions)]
      } ?? [0, 0, 0, 0])
      + (ternary.map {
        [1, $0.attentionGain, $0.feedForwardGain, $0.attentionInput, $0.feedForwardInput].map { Int64($0) }
      } ?? biases.map {
        [$0.output == nil ? 2 : 3, $0.query, $0.key, $0.value, $0.output ?? 0].map { Int64($0) }
      } ?? [0, 0, 0, 0, 0])
  }

  /// The constants from `numberCount` numbers in that order; throws `inconsistentParameters` for one that no model has.
  package init(numbers: [Int64]) throws {
    precondition(numbers.count == Self.numberCount, "As many numbers as there are constants.")
    guard numbers.enumerated().allSatisfy({ $0 == 3 || (22..<25).contains($0) || (-64...1 << 20).contains($1) }) else {
      throw ModelError.inconsistentParameters(name: "the list of constants", expected: "numbers from -64 to 2^20")
    }
    let small = numbers.map { Int(truncatingIfNeeded: $0) }
    let factors = numbers[22..<25].map { Double(bitPattern: UInt64(bitPattern: $0)) }
    let scaling = RotaryScaling(
      factor: factors[0], lowFrequencyFactor: factors[1], highFrequencyFactor: factors[2], originalPositions: small[25])
    let isScaled = numbers[22..<26].contains { $0 != 0 }
    if isScaled && !scaling.isConsistent {
      throw ModelError.inconsistentParameters(name: "rotaryScaling", expected: "factors in range")
    }
    let (kind, exponents) = (small[26], Array(small[27...]))
    let used = [0, 4, 3, 4]
    guard used.indices.contains(kind), exponents[used[kind]...].allSatisfy({ $0 == 0 }) else {
      throw ModelError.inconsistentParameters(name: "the kind of model", expected: "its exponents, then zeros")
    }
    self.init(
      positions: small[0], digitBits: small[1], siluBits: small[2], normEpsilon: numbers[3],
      residualExponent: small[4], normalizedExponent: small[5], scoreExponent: small[6],
      weights: WeightExponents(
        embedding: small[7], query: small[8], key: small[9], value: small[10], output: small[11], gate: small[12],
        up: small[13], down: small[14], head: small[15]),
      queryExponent: small[16], keyExponent: small[17], valueExponent: small[18], gateExponent: small[19],
      upExponent: small[20], hiddenExponent: small[21], rotaryScaling: isScaled ? scaling : nil,
      ternary: kind == 1
        ? TernaryExponents(
          attentionGain: exponents[0], feedForwardGain: exponents[1], attentionInput: exponents[2],
          feedForwardInput: exponents[3]) : nil,
      biases: kind >= 2
        ? AttentionBiases(
          query: exponents[0], key: exponents[1], value: exponents[2], output: kind == 3 ? exponents[3] : nil) : nil)
  }
}
