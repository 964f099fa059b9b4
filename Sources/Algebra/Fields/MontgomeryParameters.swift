/// The constants of one prime field in Montgomery form with radix R = 2^256.
///
/// The modulus is odd and below 2^255, so that sums of two elements and the running value of a multiplication fit
/// four limbs. Tests recompute every constant from the modulus.
@usableFromInline package protocol MontgomeryParameters: Sendable {
  /// The prime p.
  static var modulus: Limbs { get }
  /// R mod p: one, in Montgomery form.
  static var one: Limbs { get }
  /// R^2 mod p: multiplying by it brings an integer into Montgomery form.
  static var radixSquared: Limbs { get }
  /// The largest s such that 2^s divides p - 1.
  static var twoAdicity: Int { get }
  /// An element of order exactly 2^s, in Montgomery form.
  static var twoAdicRoot: Limbs { get }
}

/// The order r of BN254's first group: the scalar field of the proof system.
@usableFromInline package enum ScalarFieldParameters: MontgomeryParameters {
  /// The prime r.
  @inlinable package static var modulus: Limbs {
    (0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
  }
  /// R mod r.
  @inlinable package static var one: Limbs {
    (0xac96_341c_4fff_fffb, 0x36fc_7695_9f60_cd29, 0x666e_a36f_7879_462e, 0x0e0a_77c1_9a07_df2f)
  }
  /// R^2 mod r.
  @inlinable package static var radixSquared: Limbs {
    (0x1bb8_e645_ae21_6da7, 0x53fe_3ab1_e35c_59e3, 0x8c49_833d_53bb_8085, 0x0216_d0b1_7f4e_44a5)
  }
  /// r - 1 = 2^28 times an odd number.
  @inlinable package static var twoAdicity: Int { 28 }
  /// 5^((r - 1) / 2^28), in Montgomery form.
  @inlinable package static var twoAdicRoot: Limbs {
    (0x636e_7355_80d1_3d9c, 0xa22b_f374_2445_ffd6, 0x5645_2ac0_1eb2_03d8, 0x1860_ef94_2963_f9e7)
  }
}

/// The field q that BN254's first group is defined over, which is Grumpkin's order.
@usableFromInline package enum BaseFieldParameters: MontgomeryParameters {
  /// The prime q.
  @inlinable package static var modulus: Limbs {
    (0x3c20_8c16_d87c_fd47, 0x9781_6a91_6871_ca8d, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
  }
  /// R mod q.
  @inlinable package static var one: Limbs {
    (0xd35d_438d_c58f_0d9d, 0x0a78_eb28_f5c7_0b3d, 0x666e_a36f_7879_462c, 0x0e0a_77c1_9a07_df2f)
  }
  /// R^2 mod q.
  @inlinable package static var radixSquared: Limbs {
    (0xf32c_fc5b_538a_fa89, 0xb5e7_1911_d445_01fb, 0x47ab_1eff_0a41_7ff6, 0x06d8_9f71_cab8_351f)
  }
  /// q - 1 is twice an odd number.
  @inlinable package static var twoAdicity: Int { 1 }
  /// Minus one, in Montgomery form.
  @inlinable package static var twoAdicRoot: Limbs {
    (0x68c3_4889_12ed_efaa, 0x8d08_7f68_72aa_bf4f, 0x51e1_a247_0908_1231, 0x2259_d6b1_4729_c0fa)
  }
}

/// The field F of the proof system: integers modulo r, the order of BN254's first group.
@usableFromInline package typealias ScalarField = MontgomeryField<ScalarFieldParameters>
/// The field Fq of the coordinates of BN254's first group.
@usableFromInline package typealias BaseField = MontgomeryField<BaseFieldParameters>
