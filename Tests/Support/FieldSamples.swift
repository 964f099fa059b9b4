package import Algebra

/// Field elements worth testing: small, close to the modulus, close to powers of two, and random ones.
package func fieldSamples<F: PrimeField>(_ type: F.Type, random count: Int, seed: UInt64) -> [F] {
  var samples: [F] = [.zero, .one, -.one, F(2), F(-2), F(UInt64.max), F(Int64.min), F(Int128.min)]
  var power = F.one
  for exponent in 1...256 {
    power = power.doubled()
    if exponent % 32 == 0 { samples += [power, power - .one, -power] }
  }
  let p = F.modulusLimbs
  // Values whose Montgomery form or canonical form has extreme limbs.
  samples += [
    F(reducing: (.max, .max, .max, .max)), F(reducing: (0, 0, 0, p.3)), F(reducing: (p.0, 0, 0, 0)),
    F(reducing: (.max, .max, .max, p.3 &- 1)),
  ]
  var generator = SeededGenerator(seed: seed)
  samples += (0..<count).map { _ in F.random(using: &generator) }
  return samples
}
